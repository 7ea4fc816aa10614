"""Pages: the only room that makes HTML."""

"""Pages: the only room that makes HTML. It is given view data by the other rooms and adds no finding."""

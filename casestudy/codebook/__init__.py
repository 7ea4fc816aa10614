"""Codebooks: codes, the history of their changes, revisions, attributes, and the framework built of them."""

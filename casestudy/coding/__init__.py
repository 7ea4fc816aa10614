"""Codebooks, codings, their history, and what can be asked of them."""

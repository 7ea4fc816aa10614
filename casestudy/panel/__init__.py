"""Coding in JupyterLab: a transcript, its codebook and a coder's work side by side."""

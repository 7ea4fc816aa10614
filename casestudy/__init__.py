"""A workbench for reproducible mixed-methods case studies."""

__version__ = "0.1.0"

"""Bibliographic records: import, de-duplication, screening, counts."""

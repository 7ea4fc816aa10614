"""Readers for transcripts; turns and speakers; pseudonyms."""

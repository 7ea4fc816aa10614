"""Codings of transcripts: records, edits, quoting, units, queries, words, and the opened study."""

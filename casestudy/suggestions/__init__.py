"""Suggested codings, by rules and by model, and how good they are."""

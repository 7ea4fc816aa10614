"""The value-creation loop as a small dynamic model."""

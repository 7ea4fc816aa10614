"""The schema of purchases, its readers, and what is food."""

"""Change after adoption: comparison, confounding, robustness, outcomes."""

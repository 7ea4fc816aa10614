"""Runs notebooks: parameters, receipts, execution, comparison with what is committed."""

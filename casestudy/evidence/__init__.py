"""Claims, the chain of evidence, checklists and case sheets."""

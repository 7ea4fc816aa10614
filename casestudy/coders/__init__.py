"""Several coders: blind sheets, what each has read, agreement, disagreements and the decisions on them."""

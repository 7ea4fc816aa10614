"""Customer, firm and general perspectives, and the framework that joins them."""

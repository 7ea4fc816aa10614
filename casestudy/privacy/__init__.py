"""What goes through every file of a study: pseudonyms, withdrawal, the leak check."""

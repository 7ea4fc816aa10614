"""The web application that participants use; its events become the study's log."""

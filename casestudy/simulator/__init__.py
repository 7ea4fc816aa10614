"""The simulated log, its truth kept apart, and whether the analyses recover that truth."""

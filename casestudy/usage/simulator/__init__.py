"""The simulator of the usage log: it writes what a service's log would hold, and apart from it the truth."""

"""Other tools' projects in and out: REFI-QDA, QualCoder, Taguette, RQDA, tables of coded segments."""

"""The people of a study: participants, who speaks, what they consented to, and the disclosure floor."""

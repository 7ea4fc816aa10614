"""Both kinds of data together: participants, joint displays, triangulation, typologies."""

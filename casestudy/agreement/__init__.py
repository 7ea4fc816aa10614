"""Agreement between coders: arrays in, named results out."""

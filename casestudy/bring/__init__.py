"""What a researcher has becomes a study: transcripts, a facesheet and a codebook of other tools."""

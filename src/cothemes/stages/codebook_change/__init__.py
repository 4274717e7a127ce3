"""A codebook that changes in the middle of a study."""

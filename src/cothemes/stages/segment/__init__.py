"""Documents to passages: cut before coding, the same for people and models."""

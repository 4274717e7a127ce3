"""The codebook while it changes: versions, differences, recoding, retests and new codes."""

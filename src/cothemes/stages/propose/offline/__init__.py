"""The coder that needs no model: resemblance to the codebook, then what reviewed decisions teach it."""

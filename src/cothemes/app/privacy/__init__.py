"""What may leave the machine, as which words, and what has to be erased."""

"""What is left to put right after a part of the passages was reviewed, by the order of reading."""

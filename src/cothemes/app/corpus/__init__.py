"""Documents and passages: reading files, correcting them, embedding and searching."""

"""Names and numbers of people replaced by pseudonyms in a view of a text, with the way back."""

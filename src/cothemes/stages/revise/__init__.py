"""What becomes of passages and spans when a document's text is corrected."""

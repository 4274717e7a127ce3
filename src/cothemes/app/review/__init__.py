"""People at work on passages: cards, decisions, memos, disagreements and consensus."""

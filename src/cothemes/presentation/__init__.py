"""How reports look to people, in a terminal, in HTML and in LaTeX: words, numbers, tables, plots, pages."""

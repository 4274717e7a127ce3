"""How reports look to people: words, numbers, tables, plots and pages, in a terminal, in HTML and in LaTeX."""

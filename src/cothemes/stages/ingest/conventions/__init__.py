"""Conventions of transcripts: how a text marks who speaks. One module and one registration for each.

Each convention reads the whole document and says where turns begin. `choice` compares the readings by a
score and takes a clear winner; otherwise nobody is named. To add one: write a module with a `Convention` and
name it in `registry`; its examples are its tests. Other packages add theirs by the entry point
`cothemes.conventions`.
"""

"""Figures as inline SVG: no script, black on white, each titled and described in words."""

"""Passages to suggestions: chooses the coder, resumes its run, records what came of each passage."""

from __future__ import annotations

"""Dictation: what was spoken becomes text in another program, and what became of it."""

"""Ordinary wishes under the same rules: they are done, with few questions."""

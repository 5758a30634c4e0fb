"""Recordings of any length and kind become text: read, cut, transcribed in parts, joined."""

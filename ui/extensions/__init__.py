"""Servers and tool files in the settings: what they are, what is asked, how they are added."""

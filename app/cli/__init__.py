"""The terminal front end: the same core, another face."""

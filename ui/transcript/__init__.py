"""The conversation as a list of painted rows."""

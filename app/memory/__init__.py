"""Facts that the user asked to keep."""

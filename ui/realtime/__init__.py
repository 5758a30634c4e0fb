"""The engine of a spoken conversation in the window: which one, how it is, what it cost."""

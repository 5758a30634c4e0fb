"""The pill: a small window above all others that says what a dictation does."""

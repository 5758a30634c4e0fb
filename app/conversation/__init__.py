"""What was said: messages, history, what was heard, and the store that keeps it."""

"""Whether a tool may act: what a conversation has seen, what the user allowed, what was done."""

"""Everything a server or the way to it can do wrong, and what a person lives through then."""

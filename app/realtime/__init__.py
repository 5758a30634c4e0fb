"""Talking to a model that hears and speaks: what is told of it, and what can be asked."""

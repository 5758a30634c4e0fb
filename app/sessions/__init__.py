"""One module per way of talking."""

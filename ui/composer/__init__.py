"""Where one types and talks."""

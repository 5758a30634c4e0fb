"""Cards with things to edit, save and copy."""

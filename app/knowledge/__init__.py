"""Folders that the user added: read, indexed, searched, and answered from with sources."""

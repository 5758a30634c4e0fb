"""Servers of the Model Context Protocol, by its own library, which is an optional extra."""

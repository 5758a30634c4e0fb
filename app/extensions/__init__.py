"""Tools that others wrote: servers of the Model Context Protocol, and the user's own files."""

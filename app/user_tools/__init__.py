"""Tools that the user wrote: Python files in a folder, each in a process of its own."""

"""The page of folders that Sayso may answer from, and of what it remembers."""

"""The history of dictations as a page of the window."""

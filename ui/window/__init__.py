"""The main window: header, banner, conversations, pages."""

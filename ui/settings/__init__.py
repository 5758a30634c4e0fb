"""The settings page, generated from the settings tree."""

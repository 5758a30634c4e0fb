"""Data that ships with Sayso: models, help, icons, sounds."""

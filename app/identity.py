"""Who this program is, for desktops."""

APP_ID = "io.github.sayso.Sayso"
"""Also the name of its desktop entry. GNOME lends hotkeys only to ids of this form."""

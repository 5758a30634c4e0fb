"""Sites and apps that are opened by name, and names for timers. Pure data."""

from __future__ import annotations

SITES = {
    "wikipedia": "https://en.wikipedia.org/",
    "youtube": "https://www.youtube.com/",
    "google": "https://www.google.com/",
    "google maps": "https://www.google.com/maps",
    "gmail": "https://mail.google.com/",
    "github": "https://github.com/",
    "open street map": "https://www.openstreetmap.org/",
    "duck duck go": "https://duckduckgo.com/",
    "stack overflow": "https://stackoverflow.com/",
    "hacker news": "https://news.ycombinator.com/",
    "reddit": "https://www.reddit.com/",
    "amazon": "https://www.amazon.com/",
    "internet archive": "https://archive.org/",
}
"""Spoken name and address. Every word is in the recognizer's dictionary or in `pronunciations`."""

TYPED_SITES = {
    "openstreetmap": SITES["open street map"],
    "duckduckgo": SITES["duck duck go"],
    "stackoverflow": SITES["stack overflow"],
    "hackernews": SITES["hacker news"],
}

APPS = (
    "calculator",
    "browser",
    "web browser",
    "terminal",
    "text editor",
    "file manager",
    "settings",
    "calendar",
    "camera",
    "music player",
    "firefox",
    "spreadsheet",
)
"""Spoken names, which are also what the tool is given."""

FOLDERS = {
    "downloads": "Downloads",
    "documents": "Documents",
    "pictures": "Pictures",
    "desktop": "Desktop",
}
"""Spoken name, and what the tool is given."""

TIMER_LABELS = (
    "pasta", "egg", "eggs", "tea", "coffee", "rice", "pizza", "bread", "cake", "oven", "laundry",
    "meeting", "break", "nap", "kitchen", "soup",
)  # fmt: skip
"""Names of timers that the recognizer knows; typed ones may be anything."""

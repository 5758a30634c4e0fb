"""Takes out what a local reasoning model thinks in its reply's text. Pure."""

from __future__ import annotations

_TAGS = {"<think>": "</think>", "<thinking>": "</thinking>", "[THINK]": "[/THINK]"}


class ThoughtFilter:
    """Text in pieces in, text without the thoughts at its beginning out."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._begun = False
        self._thought = False

    def feed(self, text: str) -> str:
        """Take a piece; returns what of the reply's own text is known by now."""
        if self._begun:
            return text
        self._held += text
        while True:
            if self._closing:
                _, closed, rest = self._held.partition(self._closing)
                if not closed:
                    # Only its end can still become the closing mark.
                    self._held = self._held[-len(self._closing) :]
                    return ""
                self._held, self._closing = rest, ""
            start = self._held.lstrip()
            opening = next((tag for tag in _TAGS if start.startswith(tag)), None)
            if opening is None:
                return self._speech(start)
            self._thought = True
            self._held, self._closing = start[len(opening) :], _TAGS[opening]

    def finish(self) -> str:
        """What was held back as a possible mark and was none."""
        held, self._held = self._held, ""
        return "" if self._closing else held

    def _speech(self, start: str) -> str:
        if any(tag.startswith(start) for tag in _TAGS):
            return ""
        self._begun = True
        speech, self._held = start if self._thought else self._held, ""
        return speech

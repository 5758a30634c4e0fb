"""What a model is told of a call that no person allowed. Light, because the window knows it."""

from __future__ import annotations

DECLINED = "Error: the user said no. Do not try this again unless they ask for it."
UNANSWERED = "Error: nobody answered the question in time, so it was not done."
NOT_ASKED = (
    "Error: the user said no several times, so nothing more is asked in this reply. "
    "Say what was not done."
)

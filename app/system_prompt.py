"""What models are told before the conversation."""

from __future__ import annotations

import datetime
from importlib.resources import files


def system_prompt(memory: str) -> str:
    """The text, the date, and what the user asked to remember."""
    text = files("resources").joinpath("prompts", "system.md").read_text(encoding="utf-8")
    today = datetime.datetime.now().astimezone()
    text = f"{text}\nToday is {today:%A}, {today.day} {today:%B %Y}."
    return f"{text}\n\n{memory}" if memory else text

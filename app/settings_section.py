"""What the groups of settings are made of."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A group of settings: frozen, and unknown names in the file are no fault."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def word_list(value: object) -> object:
    """Words that were typed in one line, apart from each other by commas."""
    if not isinstance(value, str):
        return value
    return tuple(word for part in value.split(",") if (word := part.strip()))


def table_list(value: object) -> object:
    """Entries that were typed in one line as a JSON array. Raises ValueError for anything else."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value or "[]")
    except ValueError:
        raise ValueError("this must be a JSON array") from None

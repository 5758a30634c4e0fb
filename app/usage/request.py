"""One request to a server, as the ledger keeps it. Pure."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from app.services import Service


class Purpose(enum.StrEnum):
    """What a request was made for."""

    REPLY = "reply"
    TRANSCRIPTION = "transcription"
    SPEECH = "speech"
    DICTATION = "dictation"
    TEST = "test"
    SEARCH = "search"
    PICTURE = "picture"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is billed. `cached_tokens` are among the input tokens; `audio_s` is heard or spoken.

    `is_estimated`: the server did not tell, or the request ended before it could.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    audio_s: float = 0.0
    characters: int = 0
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars by the prices that were published on `date`: an estimate."""

    usd: float
    date: datetime.date


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was billed. `cost` is None where no price is known.

    `refused`: it was made in a pause that was not the end of a turn, and nothing of it was used.
    `conversation_id` is empty outside of conversations.
    """

    id: str
    at: datetime.datetime
    provider: str
    model: str
    service: Service
    purpose: Purpose
    conversation_id: str
    amounts: Amounts
    cost: Cost | None
    refused: bool = False

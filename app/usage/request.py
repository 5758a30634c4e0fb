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
    REALTIME = "realtime"


@dataclass(frozen=True, slots=True)
class TokenKinds:
    """Those among all tokens that are not text. The cached ones are among the input here too."""

    audio_input: int = 0
    audio_cached: int = 0
    audio_output: int = 0
    image_input: int = 0
    image_cached: int = 0

    def __add__(self, other: TokenKinds) -> TokenKinds:
        return TokenKinds(
            self.audio_input + other.audio_input,
            self.audio_cached + other.audio_cached,
            self.audio_output + other.audio_output,
            self.image_input + other.image_input,
            self.image_cached + other.image_cached,
        )


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is billed. `cached_tokens` are among the input tokens; `audio_s` is heard or spoken.

    `is_estimated`: the server did not tell, or the request ended before it could. `kinds` says
    what of the tokens was sound or pictures.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    audio_s: float = 0.0
    characters: int = 0
    is_estimated: bool = False
    kinds: TokenKinds = TokenKinds()


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

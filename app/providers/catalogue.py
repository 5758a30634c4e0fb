"""What is known of models: which for which job, until when, at what price. Read from resources."""

from __future__ import annotations

import datetime
import enum
import functools
import tomllib
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class ModelRole(enum.StrEnum):
    """What a model is used for."""

    CHAT = "chat"
    TRANSCRIPTION = "transcription"
    SPEECH = "speech"
    REALTIME = "realtime"


class PriceUnit(enum.StrEnum):
    """What a price is for."""

    MILLION_TOKENS = "million_tokens"
    MILLION_AUDIO_TOKENS = "million_audio_tokens"
    MILLION_CHARACTERS = "million_characters"
    MINUTE = "minute"


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Facts):
    """US dollars a unit, as they were published on `date`: an estimate."""

    date: datetime.date
    unit: PriceUnit
    input: float
    cached: float | None = None
    output: float | None = None


class ModelFacts(_Facts):
    """One model. `retires` is the first day on which it no longer answers."""

    retires: datetime.date | None = None
    successor: str | None = None
    effort_with_tools: str | None = None
    price: Price | None = None

    def is_retired(self, today: datetime.date) -> bool:
        """Whether it no longer answers."""
        return self.retires is not None and today >= self.retires


class Voices(_Facts):
    """Names of voices for the speech role."""

    default: str
    known: tuple[str, ...]


class Catalogue(_Facts):
    """The whole file."""

    seen: datetime.date
    roles: dict[ModelRole, tuple[str, ...]]
    voices: Voices
    models: dict[str, ModelFacts]


@functools.cache
def catalogue() -> Catalogue:
    """`resources/models.toml`, read once."""
    text = files("resources").joinpath("models.toml").read_text(encoding="utf-8")
    return Catalogue.model_validate(tomllib.loads(text))


def facts(model: str) -> ModelFacts:
    """What is known of `model`; nothing of most."""
    return catalogue().models.get(model, ModelFacts())


def default_model(role: ModelRole, today: datetime.date) -> str:
    """The first model for `role` that is not retired; when all are, the first one.

    A retired name still means something to compatible servers, and OpenAI's answer to it says
    what is wrong.
    """
    preferred = catalogue().roles[role]
    living = (model for model in preferred if not facts(model).is_retired(today))
    return next(living, preferred[0])


def default_voice() -> str:
    """The voice that most servers know."""
    return catalogue().voices.default


def reasoning_effort(model: str) -> str | None:
    """What a request with tools must say to `model`, or None."""
    return facts(model).effort_with_tools

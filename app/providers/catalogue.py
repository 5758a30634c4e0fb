"""What is known of models: which for which job, until when, at what price. Read from resources."""

from __future__ import annotations

import datetime
import enum
import functools
import re
import tomllib
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class ModelRole(enum.StrEnum):
    """What a model is for, and with that the endpoint that it is asked at.

    DICTATION is transcription by a Realtime session, LIVE is GPT-Live.
    """

    CHAT = "chat"
    TRANSCRIPTION = "transcription"
    DICTATION = "dictation"
    SPEECH = "speech"
    REALTIME = "realtime"
    LIVE = "live"
    PICTURE = "picture"
    EMBEDDING = "embedding"


class PriceUnit(enum.StrEnum):
    """What a price is for."""

    MILLION_TOKENS = "million_tokens"
    MILLION_AUDIO_TOKENS = "million_audio_tokens"
    MILLION_IMAGE_TOKENS = "million_image_tokens"
    MILLION_CHARACTERS = "million_characters"
    MINUTE = "minute"
    THOUSAND_SEARCHES = "thousand_searches"


class Confidence(enum.StrEnum):
    """How a transcription model tells how sure it is."""

    UNTOLD = "untold"
    LOGPROBS = "logprobs"
    SEGMENTS = "segments"


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Facts):
    """US dollars a unit, as they were published on `date`: an estimate. None is not charged."""

    date: datetime.date
    unit: PriceUnit
    input: float | None = None
    cached: float | None = None
    output: float | None = None


class Vision(_Facts):
    """How a model counts the tokens of a picture: by patches of 32 pixels, or by tiles of 512.

    By patches it sees at most `most` of them, each counted `factor` times. By tiles a picture is
    first fitted into 2048 pixels, then its shorter side into 768; each tile costs `tile` tokens
    beside the `base`. A larger picture is made smaller by the server.
    """

    most: int = 4096
    factor: float = 1.0
    tile: int | None = None
    base: int = 0


class ChatAbilities(_Facts):
    """`efforts` are the values of reasoning effort that it takes, `effort` the one to send.

    `vision` is None where it is not known how pictures are counted.
    """

    images: bool = False
    vision: Vision | None = None
    tools: bool = True
    developer_role: bool = False
    efforts: tuple[str, ...] = ()
    effort: str | None = None

    @property
    def reasons(self) -> bool:
        """Whether it thinks before it answers: it then takes an effort and no temperature."""
        return bool(self.efforts)


class TranscriptionAbilities(_Facts):
    """What a request may hold and an answer can tell; `longest_s` is one upload's, in seconds.

    `languages` is a list of possible languages, which excludes the single `language`.
    """

    prompt: bool = False
    keywords: bool = False
    languages: bool = False
    streams: bool = False
    translation: bool = False
    confidence: Confidence = Confidence.UNTOLD
    longest_s: float | None = None


class SpeechAbilities(_Facts):
    """What a request may hold."""

    instructions: bool = False
    speed: bool = True
    longest_characters: int = 4096


class ModelFacts(_Facts):
    """One model. `retires` is the first day on which it no longer answers.

    A model that nothing is known of has no role and the least abilities of each.
    """

    role: ModelRole | None = None
    retires: datetime.date | None = None
    successor: str | None = None
    prices: tuple[Price, ...] = ()
    chat: ChatAbilities = ChatAbilities()
    transcription: TranscriptionAbilities = TranscriptionAbilities()
    speech: SpeechAbilities = SpeechAbilities()

    def is_retired(self, today: datetime.date) -> bool:
        """Whether it no longer answers."""
        return self.retires is not None and today >= self.retires

    def price(self, unit: PriceUnit) -> Price | None:
        """What a unit costs, where that is known."""
        return next((price for price in self.prices if price.unit is unit), None)


class Voices(_Facts):
    """Names of voices for the speech role."""

    default: str
    known: tuple[str, ...]


class Catalogue(_Facts):
    """The whole file."""

    seen: datetime.date
    roles: dict[ModelRole, tuple[str, ...]]
    voices: Voices
    web_search: Price
    models: dict[str, ModelFacts]


_UNKNOWN = ModelFacts()
_SNAPSHOT = re.compile(r"(?P<family>.+)-\d{4}-\d{2}-\d{2}")


@functools.cache
def catalogue() -> Catalogue:
    """`resources/models.toml`, read once."""
    text = files("resources").joinpath("models.toml").read_text(encoding="utf-8")
    return Catalogue.model_validate(tomllib.loads(text))


def facts(model: str) -> ModelFacts:
    """What is known of `model`; nothing of most.

    A dated snapshot, for instance "gpt-4o-2024-08-06", has the facts of its family.
    """
    models = catalogue().models
    if model in models:
        return models[model]
    dated = _SNAPSHOT.fullmatch(model)
    return models.get(dated["family"], _UNKNOWN) if dated else _UNKNOWN


def preferred_models(role: ModelRole) -> tuple[str, ...]:
    """The models for `role`, best first, retired ones among them."""
    return catalogue().roles[role]


def default_model(role: ModelRole, today: datetime.date) -> str:
    """The first model for `role` that is not retired; when all are, the first one.

    A retired name still means something to compatible servers, and OpenAI's answer to it says
    what is wrong.
    """
    preferred = preferred_models(role)
    living = (model for model in preferred if not facts(model).is_retired(today))
    return next(living, preferred[0])


def default_voice() -> str:
    """The voice that most servers know."""
    return catalogue().voices.default

"""Pictures that the user shows, from the grab to what is sent. Plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in the pixels of the whole desktop; its corner may be negative."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Monitor:
    """`scale` is how many pixels a logical one has."""

    name: str
    rect: Rect
    scale: float = 1.0
    is_primary: bool = False


class ShotKind(enum.StrEnum):
    """What is to be shown."""

    POINTER_MONITOR = "pointer_monitor"
    """The monitor with the pointer."""
    MONITOR = "monitor"
    """The one that is named."""
    ALL = "all"
    WINDOW = "window"
    """The window under the pointer, or the one that is named by its id."""
    ACTIVE_WINDOW = "active_window"
    REGION = "region"
    """What the user drags."""
    SAME_REGION = "same_region"
    CLIPBOARD = "clipboard"
    FILE = "file"


class Look(enum.StrEnum):
    """What a user is to do before a picture that was asked for can be had."""

    REGION = "region"
    """Drag it."""
    PREVIEW = "preview"
    """Look at what would be sent, and say yes or no."""


class Decision(enum.StrEnum):
    """What the user has said of the pictures that were looked at, once of all."""

    SHOWN = "shown"
    REFUSED = "refused"
    WITHOUT = "without"
    """Not to be shown; what was said meanwhile is asked without them."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A grabbed picture: rows of BGRX, 4 bytes a pixel, without padding."""

    width: int
    height: int
    data: bytes
    scale: float = 1.0


class EditKind(enum.StrEnum):
    """What is done to a picture before it is sent."""

    CROP = "crop"
    BLUR = "blur"
    COVER = "cover"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Edit:
    """In the pixels of the shot as it was grabbed: a rectangle, or the points of a line."""

    kind: EditKind
    rect: Rect | None = None
    points: tuple[tuple[int, int], ...] = ()


class SecretKind(enum.StrEnum):
    """What something on a picture looks like."""

    KEY = "key"
    CARD = "card"
    PASSWORD = "password"


@dataclass(frozen=True, slots=True)
class SecretFound:
    """Something that looks like a secret, and where it is in the pixels of the shot."""

    kind: SecretKind
    rect: Rect


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture exactly as it will be sent. `sha256` is of `data`.

    `tokens` and `cost` (in US dollars) are estimates for the model in the settings; None where
    nothing is known of it. `source` names what it shows: a window's title, a file, "Region".
    """

    shot_id: str
    data: bytes
    media_type: str
    width: int
    height: int
    sha256: str
    source: str
    tokens: int | None = None
    cost: float | None = None

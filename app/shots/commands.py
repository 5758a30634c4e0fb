"""What a front end can ask about pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.shots.shot import Edit, Rect, ShotKind


@dataclass(frozen=True, slots=True)
class TakeShot:
    """Grab it, after `delay_s`. `events.ShotTaken`, `events.RegionWanted` or a notice answers.

    `rect` is the region where it is known, `name` a monitor's name, a window's id or a file.
    """

    kind: ShotKind
    rect: Rect | None = None
    name: str = ""
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RegionChosen:
    """The user has dragged this on the frozen screen; None gives it up."""

    request_id: str
    rect: Rect | None


@dataclass(frozen=True, slots=True)
class EditShot:
    """Make what will be sent anew, with all of these edits; `events.ShotPrepared` answers."""

    shot_id: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class AttachShot:
    """It goes with the next turn as it was last prepared. `secrets_seen`: the user was asked."""

    shot_id: str
    secrets_seen: bool = False


@dataclass(frozen=True, slots=True)
class RemoveShot:
    """Forget it, attached or not."""

    shot_id: str


@dataclass(frozen=True, slots=True)
class AskWithout:
    """Forget the pictures that are looked at; what was said meanwhile is asked without them."""


@dataclass(frozen=True, slots=True)
class SaveShot:
    """Write it into a file as it would be sent."""

    shot_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class ListWindows:
    """`events.WindowsListed` answers."""


@dataclass(frozen=True, slots=True)
class GivePicture:
    """An encoded picture that was pasted or dropped; `source` names it, "Clipboard" for one."""

    data: bytes
    source: str


@dataclass(frozen=True, slots=True)
class CancelShot:
    """Give up a shot that waits for its delay."""


@dataclass(frozen=True, slots=True)
class HiddenForShot:
    """The answer to `events.HideForShot`: nothing of Sayso is on the screen now."""

    request_id: str


ShotCommand = (
    TakeShot
    | RegionChosen
    | EditShot
    | AttachShot
    | RemoveShot
    | AskWithout
    | SaveShot
    | ListWindows
    | GivePicture
    | CancelShot
    | HiddenForShot
)

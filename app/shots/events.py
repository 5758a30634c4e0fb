"""What the core tells about pictures."""

from __future__ import annotations

from dataclasses import dataclass

from app.shots.shot import Attachment, Edit, Monitor, Pixels, SecretFound


@dataclass(frozen=True, slots=True)
class RegionWanted:
    """The user is to drag a region of this frozen desktop. `origin` is its corner's place."""

    request_id: str
    monitors: tuple[Monitor, ...]
    desktop: Pixels
    origin: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShotTaken:
    """A picture to look at before it is sent; `ShotPrepared` follows.

    `note` is a sentence on what it does not show as it is, empty mostly: windows that are left
    out, or a window that is partly covered by others.
    """

    shot_id: str
    pixels: Pixels
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShotPrepared:
    """These bytes would be sent. `secrets` are what is still visible of them.

    `unread` names what on it could not be looked through for secrets: windows whose program tells
    nothing, or the whole picture. Empty: all that it shows was read. `waits`: something asked
    for this picture and waits for `AttachShot` or `RemoveShot`. `edits` are those it was made
    with: the preview shows no others as done.
    """

    attachment: Attachment
    secrets: tuple[SecretFound, ...] = ()
    unread: tuple[str, ...] = ()
    waits: bool = False
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class ShotGone:
    """It was removed, or sent."""

    shot_id: str


@dataclass(frozen=True, slots=True)
class AttachmentsChanged:
    """What goes with the next turn, in order."""

    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class ShownWindow:
    """A window that can be shown."""

    id: str
    title: str
    app: str


@dataclass(frozen=True, slots=True)
class WindowsListed:
    """The answer to `commands.ListWindows`, topmost first."""

    windows: tuple[ShownWindow, ...]


@dataclass(frozen=True, slots=True)
class ShotDelayed:
    """The screen is grabbed after so many seconds; 0 when that is over or given up."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HideForShot:
    """Sayso's own windows are to leave the screen; `commands.HiddenForShot` says they have."""

    request_id: str


@dataclass(frozen=True, slots=True)
class ShowAfterShot:
    """The screen was grabbed: Sayso's windows may come back."""

    request_id: str


@dataclass(frozen=True, slots=True)
class WordsHeld:
    """This was said while a picture was looked at, and waits for it; empty when it does not."""

    text: str


ShotEvent = (
    RegionWanted
    | ShotTaken
    | ShotPrepared
    | ShotGone
    | AttachmentsChanged
    | WindowsListed
    | ShotDelayed
    | HideForShot
    | ShowAfterShot
    | WordsHeld
)

"""Which picture the viewer shows: one that will be sent, or one that was. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.shots import wording

if TYPE_CHECKING:
    from ui.view_state import ViewState


class Where(enum.StrEnum):
    """Where a picture is, as the first part of a target."""

    ATTACHED = "attached"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """Exactly what is sent. `shot_id` as long as it can still be removed."""

    data: bytes
    media_type: str
    name: str
    about: str
    shot_id: str = ""


def attached(shot_id: str) -> str:
    """The target of a picture that goes with the next turn."""
    return f"{Where.ATTACHED}/{shot_id}"


def sent(entry_id: str, number: int) -> str:
    """The target of a message's picture, counted from 0."""
    return f"{Where.SENT}/{entry_id}/{number}"


def picture_at(view: ViewState, target: str) -> ShownPicture | None:
    """The picture of a target; None when it is no longer there."""
    where, _, rest = target.partition("/")
    if where == Where.ATTACHED:
        found = next((shot for shot in view.shots.attached if shot.shot_id == rest), None)
        if found is None:
            return None
        name, about = wording.name(found.source), wording.facts(found)
        return ShownPicture(found.data, found.media_type, name, about, found.shot_id)
    entry_id, _, number = rest.rpartition("/")
    entry = next((entry for entry in view.entries if entry.id == entry_id), None)
    if where != Where.SENT or entry is None or not number.isdecimal():
        return None
    if int(number) >= len(entry.images):
        return None
    image = entry.images[int(number)]
    kind = image.media_type.removeprefix("image/").upper()
    about = f"As it was sent: {kind}, {wording.file_size(len(image.data))}"
    return ShownPicture(image.data, image.media_type, "Picture", about)

"""What is known of pictures, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.shots import events
from app.shots.events import ShotEvent, ShownWindow
from app.shots.shot import Attachment, Edit, SecretFound


@dataclass(frozen=True, slots=True)
class Pending:
    """A picture that is looked at before it is attached; `attachment` is what would be sent.

    `width` and `height` are the shot's own, in its pixels; `made_with` are the edits that the
    attachment was made with, `unread` what could not be looked through for secrets. `note` is a
    sentence on what the shot does not show as it is.
    """

    shot_id: str
    source: str
    width: int
    height: int
    attachment: Attachment | None = None
    made_with: tuple[Edit, ...] = ()
    secrets: tuple[SecretFound, ...] = ()
    unread: tuple[str, ...] = ()
    waits: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShotsView:
    """Pictures to look at, oldest first; what goes with the next turn; windows, once listed.

    `delay_s` is how long the screen is waited with, 0 when it is not. `held` was said meanwhile and
    waits for the pictures.
    """

    pending: tuple[Pending, ...] = ()
    attached: tuple[Attachment, ...] = ()
    windows: tuple[ShownWindow, ...] | None = None
    delay_s: float = 0.0
    held: str = ""

    def find(self, shot_id: str) -> Pending | None:
        """The picture with this id, if it is still to be looked at."""
        return next((shot for shot in self.pending if shot.shot_id == shot_id), None)


def reduce(view: ShotsView, event: ShotEvent) -> ShotsView:
    """What is known after `event`; the same view where it is about something else."""
    match event:
        case events.ShotTaken(shot_id, pixels, source, note):
            shot = Pending(shot_id, source, pixels.width, pixels.height, note=note)
            kept = tuple(other for other in view.pending if other.shot_id != shot_id)
            return replace(view, pending=(*kept, shot))
        case events.ShotPrepared(attachment):
            return _change(view, attachment.shot_id, lambda shot: _prepared(shot, event))
        case events.ShotGone(shot_id):
            return _without(view, frozenset({shot_id}))
        case events.AttachmentsChanged(attachments):
            gone = frozenset(attachment.shot_id for attachment in attachments)
            return replace(_without(view, gone), attached=attachments)
        case events.WindowsListed(windows):
            return replace(view, windows=windows)
        case events.ShotDelayed(seconds):
            return replace(view, delay_s=seconds)
        case events.WordsHeld(text):
            return replace(view, held=text)
        case _:
            return view


def _prepared(shot: Pending, event: events.ShotPrepared) -> Pending:
    return replace(
        shot,
        attachment=event.attachment,
        made_with=event.edits,
        secrets=event.secrets,
        unread=event.unread,
        waits=event.waits,
    )


def _change(view: ShotsView, shot_id: str, change: Callable[[Pending], Pending]) -> ShotsView:
    if view.find(shot_id) is None:
        return view
    return replace(
        view,
        pending=tuple(change(shot) if shot.shot_id == shot_id else shot for shot in view.pending),
    )


def _without(view: ShotsView, gone: frozenset[str]) -> ShotsView:
    pending = tuple(shot for shot in view.pending if shot.shot_id not in gone)
    attached = tuple(shot for shot in view.attached if shot.shot_id not in gone)
    return replace(view, pending=pending, attached=attached)

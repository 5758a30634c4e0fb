"""A user who shows a picture with words on it."""

from __future__ import annotations

from pathlib import Path

from app.shots.commands import AttachShot, TakeShot
from app.shots.events import AttachmentsChanged, ShotPrepared
from app.shots.shot import Attachment, ShotKind
from tests.attacks.picture import picture_of
from tests.attacks.world import World


async def show(on: World, text: str, folder: Path) -> Attachment:
    """The picture goes with the next turn; what is given back are the very bytes."""
    file = folder / "shown.png"
    file.write_bytes(picture_of(text))
    known = len(on.of(ShotPrepared))
    on.send(TakeShot(ShotKind.FILE, name=str(file)))
    await on.until(lambda: len(on.of(ShotPrepared)) > known)
    attachment = on.of(ShotPrepared)[-1].attachment
    on.send(AttachShot(attachment.shot_id, secrets_seen=True))
    await on.until(lambda: _is_attached(on, attachment))
    return attachment


def _is_attached(on: World, attachment: Attachment) -> bool:
    changed = on.of(AttachmentsChanged)
    return bool(changed) and attachment.shot_id in [
        each.shot_id for each in changed[-1].attachments
    ]

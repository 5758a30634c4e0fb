"""The pictures that are being looked at or attached, in memory. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from app.conversation.message import new_id
from app.errors import AppError, Code
from app.providers.base import Image
from app.providers.catalogue import facts
from app.shots import events
from app.shots.grabbing import Seen
from app.shots.render import Rendered, render
from app.shots.secret_search import WHOLE_PICTURE, LookThrough, secrets_on, still_visible
from app.shots.shot import Attachment, Edit, SecretFound, SecretKind
from app.shots.vision import cost_of

MOST_ATTACHED = 8
_MOST_KEPT = 16
_NAMES = {
    SecretKind.KEY: "a key",
    SecretKind.CARD: "the number of a card",
    SecretKind.PASSWORD: "a password",
}

Publish = Callable[[events.ShotEvent], None]
Spawn = Callable[[Awaitable[None], str], asyncio.Task[None]]


@dataclass(slots=True)
class _Shot:
    id: str
    seen: Seen
    waits: bool
    edits: tuple[Edit, ...] = ()
    rendered_edits: tuple[Edit, ...] | None = None
    found: tuple[SecretFound, ...] = ()
    unread: tuple[str, ...] = ()
    is_searched: bool = False
    attachment: Attachment | None = None
    work: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_ready(self) -> bool:
        """Whether what would be sent is what the edits ask for."""
        return self.attachment is not None and self.edits == self.rendered_edits

    @property
    def visible(self) -> tuple[SecretFound, ...]:
        """The secrets that would be sent."""
        return still_visible(self.found, self.edits)


class ShotShelf:
    """Keeps pictures from the grab until they are sent or removed.

    `model` names who will see them, `look_through` is None where no program can be asked what it
    shows.
    """

    def __init__(
        self,
        publish: Publish,
        spawn: Spawn,
        model: Callable[[], str],
        look_through: LookThrough | None,
    ) -> None:
        self._publish = publish
        self._spawn = spawn
        self._model = model
        self._look_through = look_through
        self._shots: dict[str, _Shot] = {}
        self._attached: list[str] = []

    @property
    def attached(self) -> tuple[Attachment, ...]:
        """What goes with the next turn, in order."""
        shots = (self._shots[shot_id] for shot_id in self._attached)
        return tuple(shot.attachment for shot in shots if shot.attachment is not None)

    @property
    def loose(self) -> tuple[str, ...]:
        """The ids of those for the next turn that are not attached yet."""
        shots = self._shots.values()
        return tuple(one.id for one in shots if one.id not in self._attached and not one.waits)

    def add(self, seen: Seen, *, waits: bool = False) -> str:
        """Show a new picture; its id. What would be sent of it is told soon after."""
        shot = _Shot(new_id(), seen, waits)
        self._shots[shot.id] = shot
        self._drop_old()
        self._publish(events.ShotTaken(shot.id, seen.pixels, seen.source, seen.note))
        self._prepare(shot)
        return shot.id

    def edit(self, shot_id: str, edits: Sequence[Edit]) -> None:
        """Make what would be sent anew."""
        shot = self._shots.get(shot_id)
        if shot is not None:
            shot.edits = tuple(edits)
            self._prepare(shot)

    async def ready(self, shot_id: str) -> Attachment | None:
        """What would be sent, once all edits are in it; None for a picture that is gone."""
        while (shot := self._shots.get(shot_id)) is not None:
            if shot.is_ready and shot.is_searched:
                return shot.attachment
            if shot.work is None or shot.work.done():
                return None  # It failed, and was told.
            await asyncio.wait([shot.work])
        return None

    def is_ready(self, shot_id: str) -> bool:
        """Whether `ready` answers at once."""
        shot = self._shots.get(shot_id)
        return shot is None or (shot.is_ready and shot.is_searched)

    def knows(self, shot_id: str) -> bool:
        """Whether it is still there."""
        return shot_id in self._shots

    def check_secrets(self, shot_id: str) -> None:
        """Raises PICTURE_HAS_SECRETS where something that looks like one would be sent."""
        shot = self._shots.get(shot_id)
        if shot is not None and shot.visible:
            kinds = dict.fromkeys(_NAMES[secret.kind] for secret in shot.visible)
            raise AppError(Code.PICTURE_HAS_SECRETS, " and ".join(kinds))

    def attach(self, shot_id: str) -> None:
        """It goes with the next turn. Raises PICTURES_TOO_MANY."""
        if shot_id in self._attached or shot_id not in self._shots:
            return
        if len(self._attached) >= MOST_ATTACHED:
            raise AppError(Code.PICTURES_TOO_MANY, str(MOST_ATTACHED))
        self._attached.append(shot_id)
        self._publish(events.AttachmentsChanged(self.attached))

    def remove(self, shot_id: str) -> None:
        """Forget it."""
        shot = self._shots.pop(shot_id, None)
        if shot is None:
            return
        if shot.work is not None:
            shot.work.cancel()
        was_attached = shot_id in self._attached
        if was_attached:
            self._attached.remove(shot_id)
        self._publish(events.ShotGone(shot_id))
        if was_attached:
            self._publish(events.AttachmentsChanged(self.attached))

    def take(self) -> tuple[Image, ...]:
        """What was attached goes now: it is no longer kept here."""
        images = tuple(Image(one.data, one.media_type) for one in self.attached)
        gone, self._attached = self._attached, []
        for shot_id in gone:
            del self._shots[shot_id]
            self._publish(events.ShotGone(shot_id))
        if gone:
            self._publish(events.AttachmentsChanged(()))
        return images

    def _drop_old(self) -> None:
        for shot_id in self.loose[: max(0, len(self._shots) - _MOST_KEPT)]:
            self.remove(shot_id)

    def _prepare(self, shot: _Shot) -> None:
        if shot.work is None or shot.work.done():
            shot.work = self._spawn(self._work(shot), "picture")

    async def _work(self, shot: _Shot) -> None:
        if not shot.is_searched:
            shot.found, shot.unread = await self._search(shot.seen)
            shot.is_searched = True
        rendered: Rendered | None = None
        edits = shot.edits
        while rendered is None or edits != shot.edits:
            edits = shot.edits
            vision = facts(self._model()).chat.vision
            rendered = await asyncio.to_thread(render, shot.seen.pixels, edits, vision)
        shot.rendered_edits = edits
        shot.attachment = Attachment(
            shot_id=shot.id,
            data=rendered.data,
            media_type=rendered.media_type,
            width=rendered.width,
            height=rendered.height,
            sha256=rendered.sha256,
            source=shot.seen.source,
            tokens=rendered.tokens,
            cost=cost_of(rendered.tokens, self._model()),
        )
        prepared = events.ShotPrepared(
            shot.attachment, shot.visible, shot.unread, shot.waits, shot.rendered_edits
        )
        self._publish(prepared)
        if shot.id in self._attached:
            self._publish(events.AttachmentsChanged(self.attached))

    async def _search(self, seen: Seen) -> tuple[tuple[SecretFound, ...], tuple[str, ...]]:
        if self._look_through is None:
            return (), (WHOLE_PICTURE,)
        return await secrets_on(seen, self._look_through)

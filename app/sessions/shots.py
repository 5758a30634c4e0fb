"""Showing: from what the user wants to show to what goes with the next turn. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.providers.base import Image
from app.sessions.curtain import Curtain
from app.sessions.frozen_desktop import FrozenDesktop, region_of
from app.sessions.wanted_picture import OnLook, WantedPicture
from app.shots import commands, events
from app.shots.files import picture_in, picture_in_file
from app.shots.grabbing import Grabber, Seen
from app.shots.shelf import Publish, ShotShelf, Spawn
from app.shots.shot import Attachment, Decision, Look, Rect, ShotKind

_SHOW_S = 300.0

KEYS = {
    HotkeyName.SHOW_REGION: ShotKind.REGION,
    HotkeyName.SHOW_WINDOW: ShotKind.WINDOW,
    HotkeyName.SHOW_SCREEN: ShotKind.POINTER_MONITOR,
}


class Clipboard(Protocol):
    """Where a copied picture is."""

    async def picture(self) -> bytes | None:
        """The encoded picture on the clipboard, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class ShotParts:
    """What showing works with. `previews` tells whether a person looks before it is sent."""

    grabber: Grabber
    clipboard: Clipboard
    shelf: ShotShelf
    notices: NoticeBoard
    previews: Callable[[], bool]
    publish: Publish
    spawn: Spawn


class ShotSession:
    """Takes pictures, keeps them until they are sent, and lets others ask for one."""

    def __init__(self, parts: ShotParts) -> None:
        self._parts = parts
        self._frozen = FrozenDesktop(parts.publish)
        self._asked: dict[str, WantedPicture] = {}
        self._curtain = Curtain(parts.grabber, parts.publish)
        self._attaching: set[asyncio.Task[None]] = set()
        self._delayed: asyncio.Task[None] | None = None
        self._last_region: Rect | None = None
        self._region_waits: WantedPicture | None = None
        self.on_decided: Callable[[Decision], None] = lambda _: None

    # For a turn

    @property
    def is_looked_at(self) -> bool:
        """Whether a picture for the next turn is dragged, or waits for the user's yes or no."""
        return self._frozen.is_for_a_turn or bool(self._parts.shelf.loose)

    def attached_now(self) -> tuple[Image, ...]:
        """What would go with a turn that ends now."""
        return tuple(Image(one.data, one.media_type) for one in self._parts.shelf.attached)

    async def take(self) -> tuple[Image, ...]:
        """What goes with this turn; what was just attached is waited for."""
        if self._attaching:
            await asyncio.wait(set(self._attaching))
        return self._parts.shelf.take()

    async def show(
        self,
        kind: ShotKind,
        name: str = "",
        on_look: OnLook = lambda _: None,
        *,
        within_s: float | None = _SHOW_S,
    ) -> Attachment | None:
        """A picture that somebody asks the user for; None when they do not want to show it.

        Where previews are on, the user looks at it first, for as long as `within_s`. Raises
        AppError.
        """
        wanted = WantedPicture(asyncio.get_running_loop().create_future(), on_look)
        try:
            if kind is ShotKind.REGION:
                self._give_up_region()
                self._region_waits = wanted
                await self._ask_for_region(waits=True)
            else:
                seen = await self._seen(kind, name, None)
                await self._ask(self._parts.shelf.add(seen, waits=True), wanted)
            done, _ = await asyncio.wait([wanted.answer], timeout=within_s)
            return wanted.answer.result() if done else None
        finally:
            for asked in [one for one, other in self._asked.items() if other is wanted]:
                del self._asked[asked]
                self._parts.shelf.remove(asked)
            if self._region_waits is wanted:
                self._region_waits = None

    # Commands and keys

    async def on_key(self, event: KeyEvent) -> bool:
        """A hotkey; False when it is not about pictures."""
        kind = KEYS.get(event.name)
        if kind is None:
            return False
        if event.pressed:
            self._take(commands.TakeShot(kind))
        return True

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about pictures."""
        match command:
            case commands.TakeShot():
                self._take(command)
            case commands.RegionChosen(request_id, rect):
                self._spawn(lambda: self._on_region(request_id, rect), "region")
            case commands.EditShot(shot_id, edits):
                self._parts.shelf.edit(shot_id, edits)
            case commands.AttachShot(shot_id, secrets_seen):
                self._attach(shot_id, secrets_seen=secrets_seen)
            case commands.RemoveShot(shot_id):
                self._remove(shot_id)
            case commands.SaveShot(shot_id, path):
                self._spawn(lambda: self._save(shot_id, path), "save picture")
            case commands.GivePicture(data, source):
                self._spawn(lambda: self._on_given(data, source), "given picture")
            case _:
                return self._on_small_command(command)
        return True

    def _on_small_command(self, command: object) -> bool:
        match command:
            case commands.ListWindows():
                self._spawn(lambda: self._list_windows(), "windows")
            case commands.AskWithout():
                self._ask_without()
            case commands.CancelShot():
                self._cancel_delay()
            case commands.HiddenForShot(request_id):
                self._curtain.on_hidden(request_id)
            case _:
                return False
        return True

    # Taking

    def _take(self, command: commands.TakeShot) -> None:
        self._cancel_delay()
        work = self._spawn(lambda: self._on_take(command), "take a picture")
        if command.delay_s > 0:
            self._delayed = work

    def _cancel_delay(self) -> None:
        delayed, self._delayed = self._delayed, None
        if delayed is not None and not delayed.done():
            delayed.cancel()
            self._parts.publish(events.ShotDelayed(0))

    async def _on_take(self, command: commands.TakeShot) -> None:
        if command.delay_s > 0:
            await self._count_down(command.delay_s)
            self._delayed = None
        if command.kind is ShotKind.REGION and command.rect is None:
            await self._ask_for_region(waits=False)
            return
        await self._keep(await self._seen(command.kind, command.name, command.rect))

    async def _count_down(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + seconds
        while (left := ends_at - loop.time()) > 0:
            self._parts.publish(events.ShotDelayed(round(left, 1)))
            await asyncio.sleep(min(1.0, left))
        self._parts.publish(events.ShotDelayed(0))

    async def _seen(self, kind: ShotKind, name: str, rect: Rect | None) -> Seen:
        if kind is ShotKind.CLIPBOARD:
            data = await self._parts.clipboard.picture()
            if data is None:
                raise AppError(Code.PICTURE_MISSING)
            return Seen(await asyncio.to_thread(picture_in, data, "Clipboard"), "Clipboard")
        if kind is ShotKind.FILE:
            path = Path(name)
            return Seen(await asyncio.to_thread(picture_in_file, path), path.name)
        if kind is ShotKind.SAME_REGION:
            rect = rect or self._last_region
            if rect is None:
                raise AppError(Code.USAGE, "There was no region before.")
        if rect is not None:
            self._last_region = rect
        return await self._curtain.see(kind, name, rect)

    async def _keep(self, seen: Seen) -> None:
        shot_id = self._parts.shelf.add(seen)
        if not self._parts.previews():
            await self._attach_when_ready(shot_id, secrets_seen=False)

    async def _on_given(self, data: bytes, source: str) -> None:
        await self._keep(Seen(await asyncio.to_thread(picture_in, data, source), source))

    # Regions

    async def _ask_for_region(self, *, waits: bool) -> None:
        seen = await self._curtain.see(ShotKind.ALL)
        if seen.area is None:  # chosen in the desktop's own dialog
            await self._keep_region(seen, waits=waits)
            return
        self._frozen.show(seen, waits=waits)
        if waits and self._region_waits is not None:
            self._region_waits.on_look(Look.REGION)

    async def _on_region(self, request_id: str, rect: Rect | None) -> None:
        frozen = self._frozen.take(request_id)
        if frozen is None:
            return
        seen, waits = frozen
        if rect is None:
            if waits:
                self._give_up_region()
            return
        self._last_region = rect
        try:
            part = await region_of(seen, rect)
        except AppError:
            if waits:
                self._give_up_region()
            raise
        await self._keep_region(part, waits=waits)

    async def _keep_region(self, part: Seen, *, waits: bool) -> None:
        wanted = self._region_waits
        if waits and wanted is not None:
            self._region_waits = None
            await self._ask(self._parts.shelf.add(part, waits=True), wanted)
        else:
            await self._keep(part)

    def _give_up_region(self) -> None:
        wanted, self._region_waits = self._region_waits, None
        if wanted is not None:
            wanted.tell(None)

    # Attaching

    async def _ask(self, shot_id: str, wanted: WantedPicture) -> None:
        """Let the user decide; without previews only where there is something to decide."""
        self._asked[shot_id] = wanted
        if not self._parts.previews():
            with contextlib.suppress(AppError):  # secrets: the user decides
                await self._attach_when_ready(shot_id, secrets_seen=False)
        elif await self._parts.shelf.ready(shot_id) is None:
            return
        if not wanted.answer.done():
            wanted.on_look(Look.PREVIEW)

    def _attach(self, shot_id: str, *, secrets_seen: bool) -> None:
        task = self._spawn(
            lambda: self._attach_when_ready(shot_id, secrets_seen=secrets_seen), "attach"
        )
        self._attaching.add(task)
        task.add_done_callback(self._attaching.discard)

    async def _attach_when_ready(self, shot_id: str, *, secrets_seen: bool) -> None:
        shelf = self._parts.shelf
        attachment = await shelf.ready(shot_id)
        if attachment is None:
            return
        if not secrets_seen:
            shelf.check_secrets(shot_id)
        wanted = self._asked.get(shot_id)
        if wanted is None:
            shelf.attach(shot_id)
        else:
            wanted.tell(attachment)

    def _remove(self, shot_id: str) -> None:
        wanted = self._asked.get(shot_id)
        if wanted is not None:
            wanted.tell(None)
        self._parts.shelf.remove(shot_id)
        self._settle()

    def _ask_without(self) -> None:
        for shot_id in self._parts.shelf.loose:
            self._parts.shelf.remove(shot_id)
        self.on_decided(Decision.WITHOUT)

    def _settle(self) -> None:
        """Tell what the user has said of all that was looked at."""
        if not self.is_looked_at:
            shown = bool(self._parts.shelf.attached)
            self.on_decided(Decision.SHOWN if shown else Decision.REFUSED)

    async def _save(self, shot_id: str, path: Path) -> None:
        attachment = await self._parts.shelf.ready(shot_id)
        if attachment is None:
            return
        try:
            await asyncio.to_thread(path.write_bytes, attachment.data)
        except OSError as error:
            raise AppError(Code.OUTPUT_UNWRITABLE, str(path)) from error

    async def _list_windows(self) -> None:
        windows: Iterable[events.ShownWindow] = (
            events.ShownWindow(one.id, one.title, one.app)
            for one in await self._parts.grabber.windows()
        )
        self._parts.publish(events.WindowsListed(tuple(windows)))

    def _spawn(self, work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
        return self._parts.spawn(self._told(work), name)

    async def _told(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except AppError as error:
            self._parts.notices.post(error)
        finally:
            self._settle()

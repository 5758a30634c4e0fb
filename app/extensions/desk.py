"""Answers what front ends ask about servers and tool files, and tells how they are. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from app import events
from app.errors import AppError, Code
from app.extensions.commands import AnswerReview, ImportServers, StartAgain
from app.extensions.events import ExtensionsChanged, ServersImported
from app.extensions.importing import NotServers, read_servers
from app.extensions.pins import Pins
from app.extensions.review import Extension, Review
from app.notices import NoticeBoard
from app.preferences import Preferences


class Source(Protocol):
    """One kind of extensions."""

    def extensions(self) -> tuple[Extension, ...]:
        """Each as it is now."""
        ...

    def reviews(self) -> tuple[Review, ...]:
        """What waits for the user's look."""
        ...

    async def answer(self, review: Review) -> None:
        """The user allowed what `review` shows."""
        ...

    async def start_again(self, name: str) -> None:
        """Try it once more; a name of another kind does nothing."""
        ...


class ExtensionDesk:
    """`sources` are asked in their order. `folder` holds the tool files."""

    def __init__(
        self,
        preferences: Preferences,
        notices: NoticeBoard,
        publish: Callable[[events.Event], None],
        spawn: Callable[[Awaitable[None], str], asyncio.Task[None]],
        pins: Pins,
        folder: str,
    ) -> None:
        self.sources: tuple[Source, ...] = ()
        self._preferences = preferences
        self._notices = notices
        self._publish = publish
        self._spawn = spawn
        self._pins = pins
        self._folder = folder
        self._told: ExtensionsChanged | None = None

    def on_change(self) -> None:
        """Tell what is, where it differs from what was told, and say that something is to see."""
        reviews = tuple(review for review in self._reviews() if not self._is_refused(review))
        extensions = tuple(each for source in self.sources for each in source.extensions())
        now = ExtensionsChanged(extensions, reviews, self._folder)
        if now == self._told:
            return
        before = self._told.reviews if self._told is not None else ()
        self._told = now
        self._publish(now)
        if not reviews:
            self._notices.clear(Code.EXTENSION_ASKS)
        elif set(reviews) - set(before):
            self._notices.post(AppError(Code.EXTENSION_ASKS, reviews[0].title))

    async def on_command(self, command: object) -> bool:
        """Whether it was for here. Returns before it is done."""
        match command:
            case AnswerReview(review_id, digest, yes):
                self._spawn(self._answer(review_id, digest, yes), "review answered")
            case StartAgain(name):
                self._spawn(self._start_again(name), f"start {name} again")
            case ImportServers(text):
                self._spawn(self._import(text), "servers imported")
            case _:
                return False
        return True

    async def _answer(self, review_id: str, digest: str, yes: bool) -> None:
        """A yes to something that has changed since it was shown counts for nothing."""
        for source in self.sources:
            for review in source.reviews():
                if (review.id, review.digest) == (review_id, digest):
                    await self._decide(source, review, yes)
        self.on_change()

    async def _decide(self, source: Source, review: Review, yes: bool) -> None:
        try:
            if yes:
                await source.answer(review)
            else:
                await asyncio.to_thread(self._pins.pin, {_refusal(review): review.digest})
        except OSError as error:
            self._notices.post(AppError(Code.FOLDER_UNWRITABLE, str(error.filename or error)))

    async def _start_again(self, name: str) -> None:
        again = {
            _refusal(review): "" for review in self._reviews() if review.id.endswith(f":{name}")
        }
        try:
            await asyncio.to_thread(self._pins.pin, again)
        except OSError as error:
            self._notices.post(AppError(Code.FOLDER_UNWRITABLE, str(error.filename or error)))
        for source in self.sources:
            await source.start_again(name)
        self.on_change()

    async def _import(self, text: str) -> None:
        entries = self._preferences.settings.extensions.servers
        try:
            found = read_servers(text, [entry.name for entry in entries])
        except NotServers as error:
            self._publish(ServersImported(problem=str(error)))
            return
        new = [entry.model_dump() for entry in (*entries, *found.servers)]
        await self._preferences.change({"extensions.servers": new})
        names = tuple(server.name for server in found.servers)
        self._publish(ServersImported(names, found.notes))

    def _is_refused(self, review: Review) -> bool:
        return self._pins.holds(_refusal(review), review.digest)

    def _reviews(self) -> tuple[Review, ...]:
        return tuple(each for source in self.sources for each in source.reviews())


def _refusal(review: Review) -> str:
    return f"refused:{review.id}"

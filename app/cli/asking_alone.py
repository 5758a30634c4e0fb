"""One question to a Sayso of its own: nothing runs before, and nothing is left behind."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app import commands, events
from app.asking import Asking
from app.cli.asked import asked_in_words
from app.cli.start import has_display
from app.cli.told import Told
from app.errors import EXIT_INTERRUPTED, AppError, Code
from app.paths import Paths
from app.question import Question
from app.shots import commands as shot_commands, events as shot_events
from app.shots.shot import Look, ShotKind
from app.state import Phase
from app.thread import CoreThread, Main, Post, Publish
from app.wiring import asking_core

if TYPE_CHECKING:
    from app.cli.ask import Wishes

LookAt = Callable[[CoreThread], None]
"""`ui.looking.run`: runs the core, and shows what it wants to be looked at, until it has ended."""


def ask(question: Question, wishes: Wishes, told: Told, look_at: LookAt) -> int:
    """Answer it here; the exit code. Raises AppError."""
    drags = question.kind is ShotKind.REGION
    if drags and not has_display():
        raise AppError(Code.USAGE, "A region is dragged on a screen, and there is none here.")
    in_window = drags or (
        has_display() and not wishes.yes and question.kind not in (None, ShotKind.FILE)
    )
    paths = Paths.from_environment()
    paths.create()
    alone = _Alone(question, wishes, told, in_window=in_window)
    main = alone.core(asking_core(paths, alone.asking, aloud=wishes.aloud))
    if in_window:
        look_at(CoreThread(main))
    else:
        asyncio.run(_run(main))
    return alone.code


async def _run(main: Main) -> None:
    await main(lambda _: None, lambda _: None)


class _Alone:
    """Drives a core through one question. Core thread."""

    def __init__(self, question: Question, wishes: Wishes, told: Told, *, in_window: bool) -> None:
        self.asking = Asking()
        self.code = EXIT_INTERRUPTED
        self._question = question
        self._wishes = wishes
        self._told = told
        self._in_window = in_window
        self._post: Post = lambda _: None
        self._work: asyncio.Task[None] | None = None
        self._picture: shot_events.ShotPrepared | None = None
        self._error: AppError | None = None

    def core(self, main: Main) -> Main:
        """The same core, with the question asked once it is ready."""

        async def asked(publish: Publish, on_ready: Callable[[Post], None]) -> None:
            def on_event(event: events.Event) -> None:
                publish(event)
                self._on_event(event)

            def ready(post: Post) -> None:
                self._post = post
                on_ready(post)

            try:
                await main(on_event, ready)
            finally:
                if self._work is not None:
                    self._work.cancel()
                    await asyncio.wait([self._work])

        return asked

    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.StateChanged(state) if self._work is None:
                if state.phase not in (Phase.STARTING, Phase.CLOSING):
                    self._work = asyncio.ensure_future(self._ask())
            case shot_events.ShotPrepared():
                self._picture = event
            case events.ApprovalRequested(request_id):
                yes = self._confirmed(asked_in_words(event))
                self._post(commands.Answer(request_id, yes))

    async def _ask(self) -> None:
        try:
            await self.asking.answer(self._question.line(), self._on_told)
        finally:
            self._post(commands.Shutdown())

    async def _on_told(self, told: Mapping[str, object]) -> None:
        if "look" not in told:
            if self._error is not None:
                error = self._error
                told = {"error": error.message, "hint": error.hint, "code": error.code}
            code = self._told.take(told)
            self.code = self.code if code is None else code
        elif told["look"] is Look.PREVIEW and (self._wishes.yes or not self._in_window):
            self._decide()
        else:
            self._told.take(told)

    def _decide(self) -> None:
        """Without a window the terminal asks, or the command line has said so."""
        picture = self._picture
        assert picture is not None
        self._told.remark(described(picture))
        shot_id = picture.attachment.shot_id
        if not self._wishes.yes and not sys.stdin.isatty():
            self._error = AppError(Code.PICTURE_UNSEEN)
        if self._error is None and self._confirmed("Send it?"):
            self._post(shot_commands.AttachShot(shot_id, secrets_seen=True))
        else:
            self._post(shot_commands.RemoveShot(shot_id))

    def _confirmed(self, question: str) -> bool:
        if self._wishes.yes:
            return True
        if not sys.stdin.isatty():
            return False
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().casefold() in ("y", "yes")


def described(picture: shot_events.ShotPrepared) -> str:
    """What would be sent, in words, for who cannot see it."""
    sent = picture.attachment
    size = f"{sent.width} × {sent.height}, {len(sent.data) / 1000:,.0f} kB"
    tokens = f", about {sent.tokens:,} tokens" if sent.tokens is not None else ""
    cost = f" (${sent.cost:.4f})" if sent.cost is not None else ""
    lines = [f"Picture of {sent.source}: {size}{tokens}{cost}."]
    if picture.secrets:
        kinds = ", ".join(dict.fromkeys(secret.kind.value for secret in picture.secrets))
        lines.append(f"It shows what looks like a secret: {kinds}.")
    if picture.unread:
        lines.append(f"Not looked through for secrets: {', '.join(picture.unread)}.")
    return "\n".join(lines)

"""The connection of the realtime engine: made when it is wanted, kept up, closed in silence.

Core thread. What a session tells goes to `on_event` at once; it must not wait for anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

from app.errors import AppError, Category, Code
from app.net.policy import RETRIED
from app.providers.voice_session import SessionOver, SessionReady, SessionSetup, VoiceSession
from app.realtime.events import Link, LinkChanged
from app.sessions.line_clock import LineClock
from app.sessions.line_parts import LineParts, Opened
from app.sessions.outbox import Ask, Outbox, T
from app.sessions.responses import LinkLost

_log = logging.getLogger(__name__)


class VoiceLine:
    """One session at a time. `generation` counts them; `known` are the messages it was told."""

    def __init__(self, parts: LineParts) -> None:
        self.generation = 0
        self.label = "realtime"
        self.takes_pictures = False
        self.conversation_id = ""
        self.known: set[str] = set()
        self._parts = parts
        self._now = asyncio.get_running_loop().time
        self._clock = LineClock(parts.pace, self._now)
        self._keeping: asyncio.Task[None] | None = None
        self._outbox: Outbox | None = None
        self._session: VoiceSession | None = None
        self._setup: SessionSetup | None = None
        self._fresh: Opened | None = None
        self._is_closing = False
        self._error: AppError | None = None
        self._told: LinkChanged | None = None
        self._changed = asyncio.Event()
        self._looks = asyncio.Event()

    # Asking

    @property
    def is_up(self) -> bool:
        """Whether there is a session now."""
        return self._outbox is not None

    @property
    def is_usable(self) -> bool:
        """Whether there is a session, or will be one before a person grows impatient."""
        if self._clock.is_resting:
            return False
        return self.is_up or (self._keeping is not None and self._clock.is_patient)

    def want(self) -> None:
        """Somebody speaks, or is about to: have a session."""
        self._clock.used()
        if self._keeping is None and not self._clock.is_resting:
            self._clock.asked_for()
            self._keeping = self._parts.spawn(self._keep(), "realtime")

    def used(self) -> None:
        """Silence begins only now."""
        self._clock.used()

    async def ready(self) -> int:
        """The generation of the session, once there is one. Raises AppError if it takes long."""
        while self._outbox is None:
            left_s = self._clock.patience_left_s
            if self._keeping is None or left_s <= 0:
                error = self._error or AppError(Code.SERVER_UNREACHABLE, self.label)
                if self._keeping is not None:
                    self._tell(LinkChanged(Link.STANDING_IN, self.label, error))
                raise error
            waiting = asyncio.ensure_future(self._changed.wait())
            await asyncio.wait([waiting], timeout=left_s)
            waiting.cancel()
        return self.generation

    def send(self, ask: Ask[object]) -> None:
        """Ask the session, if there is one."""
        if self._outbox is not None:
            self._outbox.send(ask)

    async def ask(self, ask: Ask[T]) -> T:
        """Ask, and wait until it is on the wire. Raises LinkLost, AppError."""
        if self._outbox is None:
            raise LinkLost
        return await self._outbox.ask(ask)

    async def update(self) -> None:
        """Tell it what has changed in the settings and tools. Raises AppError."""
        setup = await self._parts.setup()
        if setup != self._setup and self.is_up:
            self._setup = setup
            self.send(lambda session: session.update(setup))

    # Ending

    async def renew(self) -> None:
        """What the session knows is no longer the conversation: begin anew."""
        if self._session is not None:
            await self._session.aclose()

    async def close(self) -> None:
        """End the session; it is made again when it is wanted."""
        self._is_closing = True
        if self._session is not None:
            await self._session.aclose()
        elif self._keeping is not None:
            self._keeping.cancel()
            self._tell(LinkChanged(Link.RESTING, self.label))

    def rest(self, error: AppError) -> None:
        """It must not be had for now; what goes on may end."""
        self._stand_in(error)
        self.look()

    def try_again(self) -> None:
        """What kept it from being had may be over."""
        self._clock.end_rest()

    # Keeping it

    async def _keep(self) -> None:
        try:
            while await self._once():
                pass
        finally:
            self._keeping = None
            self._is_closing = False
            fresh, self._fresh = self._fresh, None
            self._news()
            if fresh is not None:
                await fresh.session.aclose()

    async def _once(self) -> bool:
        """One session; False when there should be no other."""
        opened, self._fresh = self._fresh, None
        if opened is None:
            try:
                opened = await self._open()
            except AppError as error:
                return await self._failed(error)
        over, has_fresh = await self._serve(opened)
        if has_fresh:
            return True
        if self._is_closing or not self._clock.is_wanted(self._parts.idle_s()):
            if not self._clock.is_resting:
                self._tell(LinkChanged(Link.RESTING, self.label))
            return False
        if over.error is not None:
            return await self._failed(over.error)
        self._tell(LinkChanged(Link.RECONNECTING, self.label))
        return True

    async def _failed(self, error: AppError) -> bool:
        _log.info("realtime: %s", error)
        self._error = error
        if error.code not in RETRIED or not self._clock.is_wanted(self._parts.idle_s()):
            self._stand_in(error)
            return False
        wait_s = self._clock.next_wait_s()
        link = Link.RECONNECTING if self._clock.is_patient else Link.STANDING_IN
        self._tell(LinkChanged(link, self.label, error, wait_s))
        self._news()
        await asyncio.sleep(wait_s)
        return True

    def _stand_in(self, error: AppError) -> None:
        self._error = error
        is_for_the_user = error.explanation.category is Category.KEY
        again_s = self._clock.begin_rest(grows=not is_for_the_user)
        self._tell(LinkChanged(Link.STANDING_IN, self.label, error, again_s))

    async def _open(self) -> Opened:
        await self._parts.allow()
        if not self.is_up and self._clock.is_patient:
            link = Link.RECONNECTING if self._error is not None else Link.CONNECTING
            self._tell(LinkChanged(link, self.label))
        model = await self._parts.model()
        self.label = model.label
        setup = await self._parts.setup()
        opening = self._parts.opening()
        return Opened(await model.connect(setup, opening.messages), opening, setup)

    async def _serve(self, opened: Opened) -> tuple[SessionOver, bool]:
        """Until its end; how it ended, and whether another one is there already."""
        session = self._session = opened.session
        outbox = self._outbox = Outbox(session)
        self._setup = opened.setup
        self.generation += 1
        self.label, self.takes_pictures = session.label, session.takes_pictures
        self.conversation_id, self.known = opened.opening.conversation_id, {*opened.opening.known}
        self._error = None
        self._clock.came_up()
        beside = [
            asyncio.create_task(outbox.run(), name="realtime outbox"),
            asyncio.create_task(self._watch(session), name="realtime clock"),
        ]
        self._tell(LinkChanged(Link.CONNECTED, self.label))
        self._parts.on_up()
        self._news()
        try:
            return await self._read(session), self._fresh is not None
        finally:
            self._outbox = self._session = None
            outbox.close()
            self._clock.went_down()
            for task in beside:
                task.cancel()
            self._parts.on_lost()
            await asyncio.wait(beside)
            await session.aclose()

    async def _read(self, session: VoiceSession) -> SessionOver:
        async for event in session.events():
            if isinstance(event, SessionOver):
                return event
            if isinstance(event, SessionReady):
                self._clock.lasts(event.lasts_s)
                self.look()
            else:
                self._parts.on_event(event)
        return SessionOver()

    def follow_soon(self) -> None:
        """Have another session follow at the next quiet moment."""
        self._clock.roll_over_now()
        self.look()

    def look(self) -> None:
        """How long silence may last has changed."""
        self._looks.set()

    async def _watch(self, session: VoiceSession) -> None:
        """Close it in a long silence; have another one before its time is over."""
        while True:
            looks = asyncio.ensure_future(self._looks.wait())
            try:
                wait_s = self._clock.look_again_s(self._parts.idle_s())
                await asyncio.wait([looks], timeout=wait_s)
            finally:
                looks.cancel()
            self._looks.clear()
            if not self._parts.is_quiet():
                self._clock.used()
                await asyncio.sleep(self._parts.pace.look_s)
            elif self._clock.is_resting or not self._clock.is_wanted(self._parts.idle_s()):
                self._is_closing = True
                await session.aclose()
            elif self._clock.is_roll_over_due:
                await self._roll_over(session)

    async def _roll_over(self, session: VoiceSession) -> None:
        try:
            fresh = await self._open()
        except AppError as error:
            _log.info("realtime: no other session yet: %s", error)
            self._clock.put_off_roll_over()
            return
        try:
            while not self._parts.is_quiet():  # noqa: ASYNC110 - many things end it
                await asyncio.sleep(self._parts.pace.look_s)
        except asyncio.CancelledError:
            await fresh.session.aclose()
            raise
        self._fresh = fresh
        await session.aclose()

    def _tell(self, told: LinkChanged) -> None:
        if told != self._told:
            self._told = told
            self._parts.tell(told)

    def _news(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def aclose(self) -> None:
        """End it for good."""
        await self.close()
        if self._keeping is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([self._keeping], timeout=2.0)

"""A voice session that a test plays, and a stage with the realtime engine on it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from app import commands, events
from app.conversation.store import Store
from app.core import Core
from app.errors import AppError
from app.providers.base import ChatMessage, ToolCall, ToolSpec
from app.providers.local.own_wish import is_own_wish
from app.providers.voice_session import (
    Committed,
    ResponseBegun,
    ResponseCall,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    ResponseText,
    SessionOver,
    SessionReady,
    SessionSetup,
    TokenCounts,
    UserWords,
    VoiceEvent,
)
from app.realtime.events import LinkChanged
from app.services import Service
from app.sessions.line_clock import Pace
from app.sessions.realtime_talk import RealtimeTalk
from app.sessions.talk_parts import TalkParts
from app.state import Phase
from app.tools.base import Tool
from app.usage.meters import Meter
from app.usage.request import Purpose, Request
from app.usage.voice import amounts_of
from tests.sessions.stage import WAIT_S, Stage

SOUND = (3000).to_bytes(2, "little") * 24
"""A millisecond of a loud voice."""

_FEW = TokenCounts(text_in=10, audio_out=20)
QUICK = Pace(patience_s=1.0, waits_s=(0.01,), rest_s=30.0, look_s=0.01)


class PlayedSession:
    """Notes what it is asked, in order; says what it is told to."""

    def __init__(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> None:
        self.label = "played"
        self.takes_pictures = True
        self.setup = setup
        self.history = list(history)
        self.asked: list[tuple[object, ...]] = []
        self.sound = 0
        self.is_over = False
        self._told: asyncio.Queue[VoiceEvent] = asyncio.Queue()
        self._refs = 0

    # What the app asks

    async def events(self) -> AsyncIterator[VoiceEvent]:
        while True:
            event = await self._told.get()
            yield event
            if isinstance(event, SessionOver):
                return

    async def update(self, setup: SessionSetup) -> None:
        self._note("update")

    async def append(self, pcm: bytes) -> None:
        if self.is_over:
            return
        self.sound += len(pcm)
        if not self.asked or self.asked[-1] != ("append",):
            self._note("append")

    async def clear(self) -> None:
        self._note("clear")

    async def commit(self) -> str:
        return self._asked("commit")

    async def add(self, messages: Sequence[ChatMessage]) -> None:
        self._note("add", *[f"{m.role.value}: {m.text or m.call_id}" for m in messages])

    async def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        return self._asked("aside" if aside else "respond")

    async def cancel(self, response_id: str = "") -> None:
        self._note("cancel", response_id)

    async def truncate(self, item_id: str, heard_ms: int) -> None:
        self._note("truncate", item_id, heard_ms)

    async def delete(self, item_id: str) -> None:
        self._note("delete", item_id)

    async def aclose(self) -> None:
        if not self.is_over:
            self.tell(SessionOver())

    def _note(self, *asked: object) -> None:
        if not self.is_over:
            self.asked.append(asked)

    def _asked(self, what: str) -> str:
        self._refs += 1
        ref = f"{what}-{self._refs}"
        self._note(what, ref)
        return ref

    # What a test says

    def tell(self, *told: VoiceEvent) -> None:
        """It says this."""
        for event in told:
            self.is_over = self.is_over or isinstance(event, SessionOver)
            self._told.put_nowait(event)

    def of(self, what: str) -> list[tuple[object, ...]]:
        """All that was asked of one kind."""
        return [asked for asked in self.asked if asked[0] == what]

    def last_ref(self, what: str) -> str:
        """The ref of the last commit or respond."""
        return str(self.of(what)[-1][1])

    def words(self, item_id: str, text: str) -> None:
        """The last commit became an item with these words."""
        self.tell(Committed(item_id, self.last_ref("commit")))
        self.tell(UserWords(item_id, text, final=True))

    def words_of(self, number: int, item_id: str, text: str) -> None:
        """The commit of this number became an item with these words."""
        self.tell(Committed(item_id, str(self.of("commit")[number][1])))
        self.tell(UserWords(item_id, text, final=True))

    def begin(self, response_id: str, text: str = "", sound_ms: int = 0) -> None:
        """The last response that was asked for begins, and comes this far."""
        self.tell(ResponseBegun(response_id, self.last_ref("respond")))
        self.go_on(response_id, text, sound_ms)

    def go_on(self, response_id: str, text: str = "", sound_ms: int = 0) -> None:
        """It comes further."""
        item_id = f"{response_id}-item"
        if text:
            self.tell(ResponseText(response_id, item_id, text))
        if sound_ms:
            self.tell(ResponseSound(response_id, item_id, SOUND * sound_ms))

    def end(
        self,
        response_id: str,
        end: ResponseEnd = ResponseEnd.COMPLETED,
        tokens: TokenCounts = _FEW,
    ) -> None:
        """It is over."""
        self.tell(ResponseOver(response_id, end, tokens))

    def answer(self, response_id: str, text: str, sound_ms: int = 1000) -> None:
        """The whole of it."""
        self.begin(response_id, text, sound_ms)
        self.end(response_id)

    def call(self, response_id: str, *calls: ToolCall) -> None:
        """It wants tools."""
        self.tell(ResponseBegun(response_id, self.last_ref("respond")))
        for call in calls:
            self.tell(ResponseCall(response_id, call))
        self.end(response_id)

    def call_in(self, response_id: str, *calls: ToolCall) -> None:
        """A response that goes on wants tools, and ends."""
        for call in calls:
            self.tell(ResponseCall(response_id, call))
        self.end(response_id)

    def say_aside(self, response_id: str, pcm: bytes) -> None:
        """The aside that was asked for last."""
        self.tell(
            ResponseBegun(response_id, self.last_ref("aside")),
            ResponseSound(response_id, "", pcm),
        )
        self.end(response_id)

    def cut(self, error: AppError) -> None:
        """The connection is gone."""
        self.tell(SessionOver(error))


class PlayedModel:
    """Makes played sessions; `fails` are raised first, `waits` hold a connection back."""

    label = "played"

    def __init__(self) -> None:
        self.sessions: list[PlayedSession] = []
        self.fails: deque[AppError] = deque()
        self.may_connect = asyncio.Event()
        self.may_connect.set()
        self.lasts_s = 0.0

    @property
    def session(self) -> PlayedSession:
        """The newest one."""
        return self.sessions[-1]

    async def connect(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> PlayedSession:
        await self.may_connect.wait()
        if self.fails:
            raise self.fails.popleft()
        session = PlayedSession(setup, history)
        session.tell(SessionReady(self.lasts_s))
        self.sessions.append(session)
        return session

    async def warm(self) -> None:
        """Nothing."""

    def watch(self, on_wire: object) -> None:
        """Nobody looks."""

    async def aclose(self) -> None:
        """Nothing."""


class VoiceStage(Stage):
    """The stage with the realtime engine in front."""

    def __init__(self, folder: Path, store: Store, tools: Sequence[Tool], pace: Pace) -> None:
        self.model = PlayedModel()
        self.idle_s = 60.0
        self.server_ends = False
        self.refusal: AppError | None = None
        self.noted: list[TokenCounts] = []
        self.billed: dict[str, Request] = {}
        """By their ids, as the ledger keeps them."""
        self._pace = pace
        super().__init__(folder, store, tools)

    def _build(self, folder: Path, tools: Sequence[Tool]) -> Core:
        core = super()._build(folder, tools)
        self.talk = RealtimeTalk(
            self.turn,
            self.turn._parts,
            TalkParts(
                model=self._model,
                ready=_nothing,
                setup=_setup,
                allow=self._allow,
                begin_note=self._begin_note,
                idle_s=lambda: self.idle_s,
                server_ends=lambda: self.server_ends,
                tell=self._hear,
                is_own_wish=lambda text: is_own_wish(text, self.turn.floor.tools),
                pace=self._pace,
            ),
        )
        self.turn.direct = self.talk
        return core

    def _begin_note(self) -> Callable[[TokenCounts], None]:
        note = Meter(self, "OpenAI", has_prices=True).begin(Service.CHAT, Purpose.REALTIME)

        def noted(counts: TokenCounts) -> None:
            self.noted.append(counts)
            note("gpt-realtime-2", amounts_of(counts))

        return noted

    conversation_id = "c"

    def record(self, request: Request) -> None:
        """The ledger's part."""
        self.billed[request.id] = request

    @property
    def refused(self) -> list[bool]:
        """Of each response that was billed, whether it was for nothing."""
        return [request.refused for request in self.billed.values()]

    async def _model(self) -> PlayedModel:
        return self.model

    async def _allow(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    @property
    def session(self) -> PlayedSession:
        """The newest session."""
        return self.model.session

    @property
    def links(self) -> list[str]:
        """How the connection went."""
        return [change.link.value for change in self.of(LinkChanged)]

    @property
    def texts(self) -> list[str]:
        """The conversation, in memory."""
        return [f"{m.role.value}: {m.text}" for m in self.conversation.messages]

    async def up(self) -> PlayedSession:
        """A session, as after the microphone was opened."""
        self.talk.on_listening()
        await self.until(lambda: self.talk.line.is_up)
        return self.session

    async def paused(self, take_id: str = "one") -> PlayedSession:
        """Somebody spoke and fell silent, and the session was asked for an answer."""
        await self.up()
        self.engine.begin_take(take_id)
        self.engine.pause(take_id)
        return await self.asked("respond")

    async def said(self, words: str = "", take_id: str = "one") -> PlayedSession:
        """A whole turn, whose words may be known; the session was asked for an answer."""
        await self.up()
        self.engine.take(take_id)
        session = await self.asked("respond")
        if words:
            session.words("item-1", words)
        return session

    async def telling(self, words: str = "Tell me a story.") -> PlayedSession:
        """A turn whose answer is long, sounds, and goes on."""
        self.engine.finishes = False
        session = await self.said(words)
        session.begin("resp-1", "Once upon a time there was a king.", 4000)
        await self.until(lambda: self.phase is Phase.SPEAKING)
        return session

    async def asked(self, what: str, count: int = 1) -> PlayedSession:
        """Wait until the newest session was asked for this so often."""
        await self.until(lambda: self.model.sessions and len(self.session.of(what)) >= count)
        return self.session


async def _nothing() -> None:
    """There is nothing to wait for."""


def _setup(instructions: str, tools: tuple[ToolSpec, ...]) -> SessionSetup:
    return SessionSetup(instructions, tools)


@contextlib.asynccontextmanager
async def voice_stage(
    folder: Path, tools: Sequence[Tool] = (), pace: Pace = QUICK
) -> AsyncIterator[VoiceStage]:
    """A core that runs with the realtime engine, and ends in order."""
    store = await Store.open(folder / "sayso.db")
    on_stage = VoiceStage(folder, store, tools, pace)
    running = asyncio.create_task(on_stage.run())
    try:
        await on_stage.until(lambda: on_stage.of(events.StateChanged) and on_stage.engine.sent)
        yield on_stage
    finally:
        on_stage.send(commands.Shutdown())
        await asyncio.wait_for(running, WAIT_S)
        await store.aclose()

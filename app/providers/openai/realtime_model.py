"""A VoiceModel on a server that speaks the Realtime API. Core loop."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import AppError, Code
from app.providers.base import ChatMessage
from app.providers.catalogue import ModelRole
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import event_error
from app.providers.openai.realtime_link import connect
from app.providers.openai.realtime_protocol_exchange import Exchange
from app.providers.openai.realtime_session import ALIVE, RealtimeSession
from app.providers.succession import OnSuccessor, Succession
from app.providers.voice_session import OnWire, SessionSetup

SPARE_S = 120.0
"""How long a connection waits for its use: it costs nothing, but servers count them."""

_ENDED = frozenset({Code.SERVER_CUT_OFF, Code.SERVER_SILENT})
_log = logging.getLogger(__name__)


class RealtimeModel:
    """Makes sessions. The client belongs to the caller, who closes it.

    `words_models` may transcribe the user, the best first.
    """

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        *,
        words_models: Sequence[str] = (),
        on_successor: OnSuccessor | None = None,
    ) -> None:
        """Opens nothing yet."""
        self._client = client
        self._succession = Succession(
            model, ModelRole.REALTIME, on_successor, by_date=client.address.is_openai
        )
        self._words_models = tuple(words_models)
        self._on_wire: OnWire | None = None
        self._open_sessions: weakref.WeakSet[RealtimeSession] = weakref.WeakSet()
        self._refused: dict[str, frozenset[str]] = {}
        self._spare: RealtimeSession | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._opening = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def label(self) -> str:
        """The model's name."""
        return self._succession.model

    def watch(self, on_wire: OnWire | None) -> None:
        """Show each event, without sound and words."""
        self._on_wire = on_wire
        for session in self._open_sessions:
            session.on_wire = on_wire

    async def warm(self) -> None:
        """Have a connection wait, as it does for two minutes."""
        async with self._opening:
            if self._spare is not None and self._fits(self._spare, self.label):
                return
            try:
                self._keep(await self._open(self.label))
            except AppError as error:
                _log.debug("%s could not be warmed up: %r", self._client.address.label, error)

    async def connect(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> RealtimeSession:
        """A session that is set up. Raises AppError."""
        return await self._succession.call(lambda model: self._session(model, setup, history))

    async def aclose(self) -> None:
        """Close the connection that waits; the sessions belong to those who asked for them."""
        async with self._opening:
            self._keep(None)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _session(
        self, model: str, setup: SessionSetup, history: Sequence[ChatMessage]
    ) -> RealtimeSession:
        async with self._opening:
            spare, self._spare = self._spare, None
            self._keep(None)
        if spare is not None and self._fits(spare, model):
            try:
                return await self._begun(spare, setup, history)
            except AppError as error:
                if error.code not in _ENDED:
                    raise  # It may have ended while it waited; else a new one would say the same.
        elif spare is not None:
            self._close(spare)
        return await self._begun(await self._open(model), setup, history)

    async def _begun(
        self, session: RealtimeSession, setup: SessionSetup, history: Sequence[ChatMessage]
    ) -> RealtimeSession:
        try:
            await session.begin(setup, history, self._client.policies.chat.deadlines.first_byte_s)
        except BaseException:
            self._close(session)
            raise
        self._refused[session.label] = session.refused_parts
        self._words_models = session.words_models
        return session

    async def _open(self, model: str) -> RealtimeSession:
        peer = self._client.peer(model)
        patience_s = self._client.policies.chat.deadlines.connect_s
        connection = await connect(self._client, {"model": model}, peer, ALIVE, patience_s)

        def judge(error: Mapping[str, Any]) -> AppError:
            return event_error(error, peer)

        exchange = Exchange(
            judge,
            self._words_models,
            prunes=self._client.address.is_openai,
            without=self._refused.get(model, frozenset()),
        )
        session = RealtimeSession(connection, peer, exchange)
        session.on_wire = self._on_wire
        self._open_sessions.add(session)
        return session

    def _fits(self, session: RealtimeSession, model: str) -> bool:
        return session.is_open and session.label == model

    def _keep(self, spare: RealtimeSession | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._spare is not None:
            self._close(self._spare)
        self._spare = spare
        if spare is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(SPARE_S, self._keep, None)

    def _close(self, session: RealtimeSession) -> None:
        """Close one; nobody waits for it."""
        task = asyncio.create_task(session.aclose(), name="close a voice session")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

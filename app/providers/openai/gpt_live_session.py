"""A VoiceModel of GPT-Live. Written from its documents: never run against the real service.

Sound goes to it without pause, silence included, as long as a session is open. Core loop.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import AppError
from app.providers.base import ChatMessage
from app.providers.catalogue import ModelRole
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import Peer, event_error
from app.providers.openai.gpt_live_protocol import GptLiveExchange, close_text
from app.providers.openai.realtime_link import connect
from app.providers.openai.realtime_session import ALIVE, RealtimeSession
from app.providers.succession import OnSuccessor, Succession
from app.providers.voice_session import OnWire, SessionSetup

PATH = "/live/sessions"
_TICK_S = 0.05


class GptLiveSession(RealtimeSession):
    """An open connection; its exchange is told the time."""

    def __init__(self, connection: Any, peer: Peer, exchange: GptLiveExchange) -> None:
        self._live = exchange
        super().__init__(connection, peer, exchange)
        self._tasks.append(asyncio.create_task(self._pace(), name="pace a voice session"))

    @property
    def takes_pictures(self) -> bool:
        """It has no eyes."""
        return False

    async def aclose(self) -> None:
        """End it in order; three quarters of a second at most."""
        if self.is_open:
            ending = asyncio.create_task(self._connection.send(close_text()))
            await asyncio.wait([ending], timeout=_TICK_S * 5)
            ending.cancel()
            await asyncio.wait([ending], timeout=_TICK_S)
            if ending.done() and not ending.cancelled():
                ending.exception()
        await super().aclose()

    async def _pace(self) -> None:
        clock = asyncio.get_running_loop().time
        begun_at = clock()
        while True:
            if self._live.is_ready:
                self._live.tick((clock() - begun_at) * 1000)
                self._flush()
            else:
                begun_at = clock()
            await asyncio.sleep(_TICK_S)


class GptLiveModel:
    """Makes sessions. The client belongs to the caller, who closes it.

    `backend_model` does what a session delegates.
    """

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        backend_model: str,
        on_successor: OnSuccessor | None = None,
    ) -> None:
        """Opens nothing yet."""
        self._client = client
        self._backend_model = backend_model
        self._succession = Succession(
            model, ModelRole.LIVE, on_successor, by_date=client.address.is_openai
        )
        self._on_wire: OnWire | None = None
        self._sessions: weakref.WeakSet[GptLiveSession] = weakref.WeakSet()

    @property
    def label(self) -> str:
        """The model's name."""
        return self._succession.model

    def watch(self, on_wire: OnWire | None) -> None:
        """Show each event, without sound and words."""
        self._on_wire = on_wire
        for session in self._sessions:
            session.on_wire = on_wire

    async def warm(self) -> None:
        """A session is billed from its beginning, so none is opened before it is needed."""

    async def connect(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> GptLiveSession:
        """A session that has started. Raises AppError."""
        return await self._succession.call(lambda model: self._session(model, setup, history))

    async def aclose(self) -> None:
        """Nothing is kept open here."""

    async def _session(
        self, model: str, setup: SessionSetup, history: Sequence[ChatMessage]
    ) -> GptLiveSession:
        peer, deadlines = self._client.peer(model), self._client.policies.chat.deadlines
        connection = await connect(self._client, {}, peer, ALIVE, deadlines.connect_s, PATH)

        def judge(error: Mapping[str, Any]) -> AppError:
            return event_error(error, peer)

        exchange = GptLiveExchange(judge, model, self._backend_model)
        session = GptLiveSession(connection, peer, exchange)
        session.on_wire = self._on_wire
        self._sessions.add(session)
        try:
            await session.begin(setup, history, deadlines.first_byte_s)
        except BaseException:
            await session.aclose()
            raise
        return session

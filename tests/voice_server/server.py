"""A loopback Realtime server: it hears, answers with sound in its time, and keeps a conversation.

What goes wrong is told to it at any moment: `habits` for what it says, `cut`, `half_open` and
`expire` for its connections, `refuse` for the next ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from tests.providers.openai.socket_server import Json, SocketServer, connection_closed
from tests.voice_server.conversation import Conversation, Item
from tests.voice_server.habits import OLD_NAMES, Delays, Habits
from tests.voice_server.talk import Talk

EXPIRED = "Your session hit the maximum duration of 60 minutes."


class VoiceServer(SocketServer):
    """`talks` are its connections in the order in which they came."""

    def __init__(self, habits: Habits | None = None, delays: Delays | None = None) -> None:
        super().__init__()
        self.habits = habits or Habits()
        self.delays = delays or Delays()
        self.lasts_s = 3600.0
        self.talks: list[Talk] = []
        self.log: list[tuple[float, str, Json]] = []
        """When, what and more, on the loop's clock."""
        self._tasks: set[asyncio.Task[None]] = set()

    # What is done to it

    def cut(self) -> None:
        """All connections are reset."""
        for connection in list(self.open):
            connection.transport.abort()

    def half_open(self) -> None:
        """All connections stay, and nothing goes over them any more."""
        for talk in self.talks:
            talk.is_silent = True
            talk.connection.transport.pause_reading()

    async def expire(self) -> None:
        """All sessions are over, in order."""
        await asyncio.gather(*(one.close(1001, EXPIRED) for one in list(self.open)))

    # What it knows

    @property
    def talk(self) -> Talk:
        """The newest connection."""
        return self.talks[-1]

    @property
    def conversation(self) -> Conversation:
        """That of the newest connection."""
        return self.talk.conversation

    @property
    def items(self) -> list[Item]:
        """All items of all connections, those that were taken out too."""
        talks = [talk.conversation for talk in self.talks]
        return [item for talk in talks for item in (*talk.items, *talk.deleted)]

    def note(self, what: str, **more: Any) -> None:
        """Write into the log."""
        self.log.append((asyncio.get_running_loop().time(), what, more))

    # How it works

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for talk in self.talks:
            with contextlib.suppress(RuntimeError):
                talk.connection.transport.abort()
        await super().__aexit__()

    def spawn(self, work: Any) -> asyncio.Task[None]:
        """A task of this server, ended with it."""

        async def run() -> None:
            with contextlib.suppress(connection_closed()):
                await work

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _begin(self, connection: Any) -> Talk:
        self.note("connected")
        talk = Talk(self, connection, len(self.talks) + 1)
        self.talks.append(talk)
        await talk.send("session.created", session=talk.session_json())
        return talk

    async def _take(self, talk: Talk, event: Json) -> None:
        self.note(event["type"])
        await talk.take(event)

    async def emit(self, talk: Talk, event: Json) -> None:
        """Send an event, as its habits are."""
        if talk.is_silent:
            return
        habits = self.habits
        if event["type"] in habits.late:
            talk.held.append(event)
            return
        await self._send_in_turn(talk, event)
        if event["type"] == "response.done":
            held, talk.held = talk.held, []
            for late in held:
                await self._send(talk, late)

    async def _send_in_turn(self, talk: Talk, event: Json) -> None:
        if not self.habits.swapped:
            await self._send(talk, event)
            return
        before, talk.before = talk.before, None
        if before is None and not event["type"].startswith("session.") and not _ends(event):
            talk.before = event
            return
        await self._send(talk, event)
        if before is not None:
            await self._send(talk, before)

    async def _send(self, talk: Talk, event: Json) -> None:
        self.sent.append(event)
        habits = self.habits
        if habits.old_names:
            if event["type"] == "conversation.item.done":
                return
            event = {**event, "type": OLD_NAMES.get(event["type"], event["type"])}
        for rubbish in habits.garbage:
            await talk.connection.send(rubbish)
        for _ in range(2 if habits.twice else 1):
            await talk.connection.send(json.dumps(event))


def _ends(event: Json) -> bool:
    """What nothing may be coming behind."""
    return event["type"] in ("response.done", "error", "input_audio_buffer.cleared")

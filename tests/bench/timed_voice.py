"""The harness's Realtime socket with real ears: it transcribes the words that were really said.

Its log says for each response which words of the user it answers (`llm.asked`): those of the items
since the last response that stands, without the items that were deleted. One that was cancelled, or
deleted once it was whole, does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.bench.recognise import ITS_OWN_VOICE, Recognizer

_ECHO_WORDS = 4


@dataclass(slots=True)
class _Kept:
    """What a socket holds: sound that is not committed, and the words of items not answered.

    `answers` are the items that a whole response answered, by the response's own item.
    """

    sound: bytearray = field(default_factory=bytearray)
    words: dict[str, asyncio.Task[str]] = field(default_factory=dict)
    answers: dict[str, dict[str, asyncio.Task[str]]] = field(default_factory=dict)
    said: str = ""


class TimedVoice:
    """Put into the harness's module `server`; `speak` gives the next sound of a task a voice."""

    def __init__(
        self, server: Any, recognizer: Recognizer, speak: Callable[[str], Awaitable[None]]
    ) -> None:
        self._server = server
        self._speak = speak
        self._recognizer = recognizer
        socket = server.RT
        self._on, self._audio = socket.on, socket.audio
        self._commit, self._response = socket.commit, socket.response
        self._send = socket.send
        socket.send = lambda this, kind, **fields: self.send(this, kind, **fields)
        socket.on = lambda this, event: self.on(this, event)
        socket.audio = lambda this, pcm, at_s: self.audio(this, pcm, at_s)
        socket.commit = lambda this, at_s: self.commit(this, at_s)
        socket.transcript = lambda this, item_id, at_s: self.transcript(this, item_id, at_s)
        socket.response = lambda this, at_s: self.response(this, at_s)

    @staticmethod
    def _of(socket: Any) -> _Kept:
        if not hasattr(socket, "kept"):
            socket.kept = _Kept()
        kept: _Kept = socket.kept
        return kept

    async def on(self, socket: Any, event: dict[str, Any]) -> None:
        """As the harness's; items can be deleted, too."""
        kept = self._of(socket)
        if event.get("type") == "conversation.item.delete":
            kept.words.pop(event["item_id"], None)
            kept.words = kept.answers.pop(event["item_id"], {}) | kept.words
            await socket.send("conversation.item.deleted", item_id=event["item_id"])
            return
        if event.get("type") == "input_audio_buffer.clear":
            kept.sound.clear()
        await self._on(socket, event)

    async def send(self, socket: Any, kind: str, **fields: Any) -> None:
        """As the harness's; which item a response says is known."""
        if kind == "response.output_item.added":
            self._of(socket).said = fields["item"]["id"]
        await self._send(socket, kind, **fields)

    async def audio(self, socket: Any, pcm: bytes, at_s: float) -> None:
        """As the harness's; the log also tells how much came."""
        self._server.log("rt.sound", t=at_s, ms=len(pcm) / 2 / self._server.SR * 1000)
        self._of(socket).sound += pcm
        await self._audio(socket, pcm, at_s)

    async def commit(self, socket: Any, at_s: float) -> None:
        """As the harness's; what it says is looked for meanwhile."""
        kept, item_id = self._of(socket), f"item_{socket.item}"
        sound = bytes(kept.sound)
        kept.sound.clear()
        clip = self._server.CFG.clip
        words = asyncio.ensure_future(asyncio.to_thread(self._words_in, sound, clip))
        kept.words[item_id] = socket.spawn(_done(words))
        await self._commit(socket, at_s)

    def _words_in(self, sound: bytes, clip: str) -> str:
        config = self._server.CFG
        if clip == ITS_OWN_VOICE:
            return " ".join(config.reply.split()[:_ECHO_WORDS])
        if not clip:
            return str(config.transcript)
        samples = np.frombuffer(sound, dtype="<i2")
        return ended(self._recognizer.words_of(samples, self._server.SR, clip) or "")

    async def transcript(self, socket: Any, item_id: str, at_s: float) -> None:
        """As the harness's, with the words of the item."""
        words = self._of(socket).words.get(item_id)
        await self._server.until(at_s + self._server.CFG.rt_stt_ms / 1e3)
        text = await words if words is not None else ""
        self._server.log("rt.transcript", id=item_id, text=text)
        kind = "conversation.item.input_audio_transcription."
        place = {"item_id": item_id, "content_index": 0}
        if text:
            await socket.send(f"{kind}delta", **place, delta=text)
        usage = {"type": "duration", "seconds": 1}
        await socket.send(f"{kind}completed", **place, transcript=text, usage=usage)

    async def response(self, socket: Any, at_s: float) -> None:
        """As the harness's; what it answers is known once it is over, unless it was cancelled."""
        kept = self._of(socket)
        answered = dict(kept.words)
        await self._speak(self._server.CFG.reply)
        socket.spawn(self._note(answered))
        await self._response(socket, at_s)
        # A cancelled one ends in the harness, too: its log tells.
        last = next(e for e in reversed(self._server.LOG) if e["kind"].startswith("rt.response."))
        if last["kind"] == "rt.response.done":
            kept.answers[kept.said] = answered
            for item_id in answered:
                kept.words.pop(item_id, None)

    async def _note(self, answered: dict[str, asyncio.Task[str]]) -> None:
        at_s = self._server.now()
        text = " ".join([await words for words in answered.values()])
        self._server.log("llm.asked", t=at_s, user=[text])


async def _done(words: asyncio.Future[str]) -> str:
    return await words


def ended(text: str) -> str:
    """As recognizers write it: whatever is said ends like a sentence, also before its end."""
    return text if not text or text[-1] in ".?!" else text.rstrip(",") + "."

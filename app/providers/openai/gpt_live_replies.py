"""What a GPT-Live model says, cut into responses: it tells no beginning and no end. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.errors import AppError, Code
from app.providers.base import ToolCall
from app.providers.openai import loose
from app.providers.openai.realtime_protocol_response import SpokenItem
from app.providers.openai.realtime_protocol_wire import Wire
from app.providers.voice_session import (
    Refused,
    ResponseBegun,
    ResponseCall,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    ResponseText,
)
from audio.pcm import SAMPLE_BYTES

GAP_MS = 700
"""A response is over after this long without anything audible."""

CALLS_MS = 200
"""Further calls of the same work come within this."""

LATEST_MS = 20_000
_AUDIBLE = 64


@dataclass(slots=True)
class _Reply:
    response_id: str
    item_id: str
    item: SpokenItem
    since_ms: float
    has_calls: bool = False


class LiveReplies:
    """A response goes from the first that is audible, or a call, to a gap."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._expected: deque[tuple[str, float]] = deque()
        self._reply: _Reply | None = None
        self._is_muted = False
        self._called: set[str] = set()
        self._now_ms = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the model is expected to speak, or speaks."""
        return bool(self._expected) or self._reply is not None

    def expect(self, ref: str) -> None:
        """The next response is the one that was asked for."""
        self._is_muted = False
        self._expected.append((ref, self._now_ms))

    def refused(self, ref: str) -> None:
        """It will not come."""
        self._expected = deque(entry for entry in self._expected if entry[0] != ref)

    def cancel(self, response_id: str) -> None:
        """Tell no more of it, nor of what the model goes on to say before it is asked again."""
        if self._reply is not None and response_id in ("", self._reply.response_id):
            self._end(ResponseEnd.CANCELLED)
            self._is_muted = True
        if not response_id:
            self._is_muted = True
            for ref, _ in self._expected:
                self._wire.tell(Refused(ref, AppError(Code.STOPPED)))
            self._expected.clear()

    def sound(self, pcm: bytes) -> None:
        """More sound, silence among it."""
        audible = _is_audible(pcm)
        if self._is_muted or not pcm or not (audible or self._reply is not None):
            return
        reply = self._current()
        if audible:
            reply.since_ms = self._now_ms
        if heard := reply.item.whole_samples(pcm):
            self._wire.tell(ResponseSound(reply.response_id, reply.item_id, heard))

    def text(self, text: str) -> None:
        """More of its words."""
        if text and not self._is_muted:
            reply = self._current()
            reply.since_ms = self._now_ms
            self._wire.tell(ResponseText(reply.response_id, reply.item_id, text))

    def call(self, item: Mapping[str, Any]) -> None:
        """The work that it delegated wants a tool."""
        call_id, name = loose.text(item, "call_id"), loose.text(item, "name")
        if not call_id or not name or call_id in self._called:
            return
        self._called.add(call_id)
        reply = self._current()
        reply.since_ms, reply.has_calls = self._now_ms, True
        call = ToolCall(call_id, name, loose.text(item, "arguments") or "{}")
        self._wire.tell(ResponseCall(reply.response_id, call))

    def tick(self, now_ms: float) -> None:
        """End what has not gone on, and give up what never came."""
        self._now_ms = now_ms
        reply = self._reply
        if reply is not None:
            gap_ms = CALLS_MS if reply.has_calls else GAP_MS
            if now_ms - reply.since_ms >= gap_ms:
                self._end(ResponseEnd.COMPLETED)
        elif self._expected and now_ms - self._expected[0][1] >= LATEST_MS:
            ref, _ = self._expected.popleft()
            self._wire.tell(Refused(ref, AppError(Code.SERVER_SILENT)))

    def _current(self) -> _Reply:
        if self._reply is None:
            ref = self._expected.popleft()[0] if self._expected else ""
            names = (self._wire.new_id("reply"), self._wire.new_id("item"))
            self._reply = _Reply(*names, SpokenItem(), self._now_ms)
            self._wire.tell(ResponseBegun(names[0], ref))
        return self._reply

    def _end(self, end: ResponseEnd) -> None:
        if self._reply is not None:
            self._wire.tell(ResponseOver(self._reply.response_id, end))
            self._reply = None


def _is_audible(pcm: bytes) -> bool:
    samples = np.frombuffer(pcm[: len(pcm) // SAMPLE_BYTES * SAMPLE_BYTES], dtype="<i2")
    return bool(samples.size) and int(np.abs(samples.astype(np.int32)).max()) >= _AUDIBLE

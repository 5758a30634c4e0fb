"""Reads an answer to an upload that comes in parts, while it comes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from app.errors import AppError, Code
from app.net.deadlines import Deadlines
from app.net.policy import guarded_stream
from app.providers.base import OnPartial
from app.providers.openai import loose
from app.providers.openai.errors import Peer, told_error
from app.providers.openai.sse import EventReader
from app.providers.openai.voice_answers import Answer, read_answer


async def streamed_answer(
    source: AsyncIterator[bytes], deadlines: Deadlines, peer: Peer, on_partial: OnPartial | None
) -> Answer:
    """The whole answer. Raises AppError; SERVER_CUT_OFF when the stream ends before it is done."""
    text = ""
    async with contextlib.aclosing(_events(source, deadlines, peer)) as events:
        async for event in events:
            match loose.text(event, "type"):
                case "transcript.text.delta":
                    text += loose.text(event, "delta")
                    if on_partial is not None and text.strip():
                        on_partial(text.strip())
                case "transcript.text.done":
                    if (answer := read_answer(event)) is not None:
                        return answer
                case "error" | "":
                    if error := loose.field(event, "error"):
                        raise told_error(error, peer)
    raise AppError(Code.SERVER_CUT_OFF, peer.host)


def is_event_stream(headers: Any) -> bool:
    """Whether the answer comes in parts, by its headers."""
    return "event-stream" in headers.get("content-type", "").lower()


async def _events(
    source: AsyncIterator[bytes], deadlines: Deadlines, peer: Peer
) -> AsyncGenerator[Any, None]:
    reader = EventReader()
    async with contextlib.aclosing(guarded_stream(source, deadlines, peer=peer.host)) as pieces:
        async for piece in pieces:
            for data in reader.feed(piece):
                if data != "[DONE]":
                    yield json.loads(data)

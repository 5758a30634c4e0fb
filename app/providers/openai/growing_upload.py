"""An upload to `/audio/transcriptions` that begins before its sound has ended. Core loop.

Its length is not known when it begins, so it is sent in chunks, as a WAV file of unknown length.
Not every server takes that.
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from app.errors import AppError, Code
from app.net.deadlines import Deadlines
from app.providers.base import Hints, OnPartial
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated
from app.providers.openai.realtime_link import refused
from app.providers.openai.transcript_stream import is_event_stream, streamed_answer
from app.providers.openai.transcription_request import transcription_request
from app.providers.openai.voice_answers import Answer, read_answer
from app.providers.partwise import Part
from audio.pcm import SAMPLE_BYTES

_FILE_NAME = "speech.wav"
_UNKNOWN_BYTES = 0xFFFFFFFF
"""The length that ffmpeg writes, and takes, for a WAV file that it cannot go back in."""


def streamed_wav_header(rate_hz: int) -> bytes:
    """The head of a WAV file of unknown length: mono, 16 bits."""
    form = struct.pack(
        "<IHHIIHH", 16, 1, 1, rate_hz, rate_hz * SAMPLE_BYTES, SAMPLE_BYTES, SAMPLE_BYTES * 8
    )
    size = struct.pack("<I", _UNKNOWN_BYTES)
    return b"RIFF" + size + b"WAVEfmt " + form + b"data" + size


def form_head(fields: Mapping[str, Any], boundary: str) -> bytes:
    """A form up to the first byte of its file. Lists are repeated fields, as the library's are."""
    lines = []
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            shown = f"{name}[]" if isinstance(value, list) else name
            told = str(one).lower() if isinstance(one, bool) else str(one)
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{shown}"\r\n\r\n'
            lines.append(f"{head}{told}\r\n")
    lines.append(
        f"--{boundary}\r\nContent-Disposition: form-data; "
        f'name="file"; filename="{_FILE_NAME}"\r\nContent-Type: audio/wav\r\n\r\n'
    )
    return "".join(lines).encode()


async def growing_answer(
    client: OpenAIClient,
    fields: Mapping[str, Any],
    part: Part,
    deadlines: Deadlines,
    on_partial: OnPartial | None,
) -> Answer:
    """What the server understood, soon after the part is whole. Raises AppError."""
    import httpx2

    http = await client.http()
    boundary = secrets.token_hex(16)
    peer = client.peer(str(fields["model"]))
    request = http.build_request(
        "POST",
        f"{client.address.url}/audio/transcriptions",
        content=_body(form_head(fields, boundary), part, boundary),
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
        timeout=timeouts(deadlines),
    )
    with translated(peer):
        response: httpx2.Response = await http.send(request, stream=True)
        try:
            if response.status_code != 200:
                await response.aread()
                raise refused(response, peer)
            if is_event_stream(response.headers):
                return await streamed_answer(response.aiter_bytes(), deadlines, peer, on_partial)
            answer = read_answer(json.loads(await response.aread()))
        finally:
            await response.aclose()
    if answer is None:
        raise AppError(Code.SERVER_NOT_API, peer.host)
    return answer


def fields_of(
    model: str, hints: Hints, *, streams: bool, without: frozenset[str]
) -> dict[str, Any]:
    """All of the form but its file."""
    return transcription_request(model, hints, streams=streams, without=without)


async def _body(head: bytes, part: Part, boundary: str) -> AsyncGenerator[bytes, None]:
    yield head + streamed_wav_header(part.rate_hz)
    async for piece in part.pieces():
        yield piece
    yield f"\r\n--{boundary}--\r\n".encode()

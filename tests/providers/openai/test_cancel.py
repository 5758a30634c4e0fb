"""A cancel ends whatever goes on, while the server would have let it wait for minutes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from app.errors import AppError
from app.net.policy import Policies
from app.providers.base import ChatMessage, ChatRole, Hints
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from app.secrets import Secret
from app.services import Service
from audio.pcm import Clip
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY, connected
from tests.providers.openai.fault_server import FaultServer

SHORT = Clip(16_000, bytes(32_000))
LONG = Clip(16_000, bytes(20_000_000))
REAL = Policies()
"""Not scaled: the first deadline is 15 s away, so that only the cancel can end a call in time."""


async def _transcribe(client: OpenAIClient) -> object:
    return await OpenAITranscriber(client, "m").transcribe(SHORT, Hints())


async def _chat(client: OpenAIClient) -> object:
    reply = ChatCompletionsModel(client, "m").reply([ChatMessage(ChatRole.USER, "hi")], [])
    async with contextlib.aclosing(reply):
        return [chunk async for chunk in reply]


async def _speak(client: OpenAIClient) -> object:
    async with contextlib.aclosing(OpenAISpeech(client, "m", "v").speak("Hello")) as clips:
        return [clip async for clip in clips]


USES: dict[str, Callable[[OpenAIClient], Awaitable[object]]] = {
    "transcription": _transcribe,
    "chat": _chat,
    "speech": _speak,
}


async def _cancelled(call: asyncio.Future[object]) -> None:
    call.cancel()
    done, _ = await asyncio.wait([call], timeout=30)
    assert done == {call}
    assert call.cancelled()


@pytest.mark.parametrize("use", USES)
async def test_before_the_first_byte(use: str) -> None:
    async with FaultServer(faults.hang) as server, connected(server.base_url, REAL) as client:
        call = asyncio.ensure_future(USES[use](client))
        await server.until(lambda: len(server.requests) == 1)
        await _cancelled(call)
        await server.until(lambda: server.ended == 1)


@pytest.mark.parametrize(
    ("use", "pieces", "kind"),
    [
        ("chat", faults.chat("Hel", finish=None), "text/event-stream"),
        ("speech", [bytes(48_000)], "audio/pcm"),
    ],
)
async def test_in_the_middle_of_a_stream(use: str, pieces: list[bytes], kind: str) -> None:
    stalled = faults.stream(pieces, "hang", kind)
    async with FaultServer(stalled) as server, connected(server.base_url, REAL) as client:
        call = asyncio.ensure_future(USES[use](client))
        await server.until(lambda: len(server.requests) == 1)
        await asyncio.sleep(0.05)  # some of it is read; wherever it stands, it must end
        await _cancelled(call)
        await server.until(lambda: server.ended == 1)


async def test_in_the_middle_of_an_upload() -> None:
    begun, gone = asyncio.Event(), asyncio.Event()

    async def read_a_little(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        begun.set()
        await done.wait()
        with contextlib.suppress(ConnectionError):
            while await reader.read(1 << 20):
                pass
        gone.set()
        writer.close()

    done = asyncio.Event()
    async with await asyncio.start_server(read_a_little, "127.0.0.1", limit=1000) as server:
        port = server.sockets[0].getsockname()[1]
        async with connected(f"http://127.0.0.1:{port}/v1", REAL) as client:
            upload = OpenAITranscriber(client, "m").transcribe(LONG, Hints())
            call: asyncio.Future[object] = asyncio.ensure_future(upload)
            await asyncio.wait_for(begun.wait(), 30)
            await _cancelled(call)
            done.set()
            await asyncio.wait_for(gone.wait(), 30)


@pytest.mark.parametrize("use", USES)
async def test_while_it_waits_for_the_next_attempt(use: str) -> None:
    told: list[str] = []
    waits = asyncio.Event()

    def on_wait(service: Service, wait_s: float, error: AppError) -> Callable[[], None]:
        told.append(f"{service} waits {wait_s:.0f} s")
        waits.set()
        return lambda: told.append(f"{service} is over")

    busy = faults.error(429, "slow", retry_after="15")
    calm = dataclasses.replace(REAL.chat, base_wait_s=0.0)
    policies = Policies(calm, calm, calm).watched(on_wait)
    async with FaultServer(busy) as server:
        client = OpenAIClient(server.base_url, Secret(KEY), policies)
        call = asyncio.ensure_future(USES[use](client))
        await asyncio.wait_for(waits.wait(), 30)
        await _cancelled(call)
        assert told == [f"{use} waits 15 s", f"{use} is over"]
        assert len(server.requests) == 1
        await client.aclose()

"""Every request over the wire, judged by a server that other people wrote from the schema."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from app.errors import AppError
from app.providers.base import ChatMessage, ChatRole, Hints, ToolCall
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.responses_request import carried
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from audio.pcm import Clip
from tests.desk.steady import PROBLEMS, ContractServer
from tests.providers.openai import response_events as events
from tests.providers.openai.connection import PATIENT, connected
from tests.providers.openai.conversations import PARALLEL, SHAPES, WEATHER

pytestmark = pytest.mark.desk


@pytest.fixture(scope="module")
def steady() -> Iterator[ContractServer]:
    with ContractServer() as server:
        yield server


@contextlib.asynccontextmanager
async def _judged(steady: ContractServer) -> AsyncIterator[tuple[OpenAIClient, list[str]]]:
    """A client, and what the server says of each of its requests."""
    verdicts: list[str] = []

    async def note(response: Any) -> None:
        verdicts.append(f"{response.status_code}, {response.headers.get(PROBLEMS)} problems")

    async with connected(steady.base_url, PATIENT) as client:
        sdk = await client.sdk()
        hooks = sdk._client.event_hooks
        sdk._client.event_hooks = {**hooks, "response": [*hooks["response"], note]}
        yield client, verdicts


FINE = "200, 0 problems"


# Of a message to /responses that consists of parts, Steady takes none, OpenAI's own examples
# included. The schema itself judges those, in test_responses_request.
IN_PARTS = {"pictures", "a picture without words"}


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [(ChatCompletionsModel, set(SHAPES)), (ResponsesModel, set(SHAPES) - IN_PARTS)],
)
@pytest.mark.parametrize("model", ["gpt-4o", "gpt-6-luna"])
async def test_chat(kind: type, shapes: set[str], model: str, steady: ContractServer) -> None:
    async with _judged(steady) as (client, verdicts):
        for messages, tools, form in (SHAPES[name] for name in shapes):
            reply = kind(client, model).reply(messages, tools, form)
            # Its answer is no stream.
            with contextlib.suppress(AppError):
                await anext(reply)
    assert verdicts == [FINE] * len(shapes)


async def test_thoughts_that_come_back(steady: ContractServer) -> None:
    items = [events.reasoning(), events.call("call_1"), events.call("call_2")]
    first, second = PARALLEL[2].tool_calls
    first = ToolCall(first.call_id, first.name, first.arguments, carried("gpt-6-luna", items))
    calls = ChatMessage(ChatRole.ASSISTANT, "", (first, second))
    async with _judged(steady) as (client, verdicts):
        messages = [*PARALLEL[:2], calls, *PARALLEL[3:]]
        with contextlib.suppress(AppError):
            await anext(ResponsesModel(client, "gpt-6-luna").reply(messages, [WEATHER]))
    assert verdicts == [FINE]


@pytest.mark.parametrize("translate", [False, True])
@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("model", ["gpt-transcribe", "gpt-4o-transcribe", "whisper-1", "other"])
async def test_transcription(
    model: str, streams: bool, translate: bool, steady: ContractServer
) -> None:
    hints = Hints("en", vocabulary=("Sayso", "Größe"), translate=translate)
    clip, on_partial = Clip(16_000, bytes(32_000)), print if streams else None
    async with _judged(steady) as (client, verdicts):
        with contextlib.suppress(AppError):
            await OpenAITranscriber(client, model).transcribe(clip, hints, on_partial)
    assert set(verdicts) == {FINE}


@pytest.mark.parametrize("model", ["gpt-4o-mini-tts", "tts-1"])
async def test_speech(model: str, steady: ContractServer) -> None:
    async with _judged(steady) as (client, verdicts):
        with contextlib.suppress(AppError):
            speech = OpenAISpeech(client, model, "marin", speed=1.5, instructions="Whisper.")
            await anext(speech.speak("Hello."))
    assert set(verdicts) == {FINE}


async def test_the_judge_finds_what_is_wrong(steady: ContractServer) -> None:
    async with _judged(steady) as (client, verdicts):
        sdk = await client.sdk()
        with contextlib.suppress(Exception):
            await sdk.post("/responses", body={"model": "m", "input": 3}, cast_to=object)
    assert verdicts != [FINE]

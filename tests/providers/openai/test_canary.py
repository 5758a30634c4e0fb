"""The key is nowhere but in the header, and the words of a conversation are in no log at INFO."""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from app.errors import AppError
from app.providers.base import ChatMessage, ChatRole, Hints
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from audio.pcm import Clip
from tests.faults.canary import forms
from tests.logged import logging_to
from tests.providers.openai import fault_server as faults, response_events as events
from tests.providers.openai.connection import KEY, QUICK, served

WORDS = ["whispered question", "whispered reply", "whispered take", "whispered speech"]
SOUND = Clip(16_000, bytes(16_000))
FORMS = sorted(forms(KEY))


async def _answer(exchange: faults.Exchange) -> None:
    kinds = {
        "/v1/chat/completions": faults.stream(faults.chat(WORDS[1])),
        "/v1/responses": faults.stream(events.sent(events.reply(WORDS[1]))),
        "/v1/audio/transcriptions": faults.answer(200, json.dumps({"text": WORDS[2]}).encode()),
        "/v1/audio/speech": faults.stream([bytes(4800)], content_type="audio/pcm"),
        "/v1/models": faults.answer(200, b'{"object": "list", "data": []}'),
    }
    await kinds[exchange.request.path](exchange)


async def _refuse(exchange: faults.Exchange) -> None:
    text = f"Incorrect API key provided: {KEY[:8]}********{KEY[-4:]} or {KEY}."
    await faults.error(401, text, code="invalid_api_key")(exchange)


async def _use_all(behaviour: faults.Behaviour) -> list[AppError]:
    errors = []
    async with served(behaviour, QUICK) as (client, _):
        await client.warm()
        question = [ChatMessage(ChatRole.USER, WORDS[0])]
        for stream in (
            ChatCompletionsModel(client, "m").reply(question, []),
            ResponsesModel(client, "m").reply(question, []),
            OpenAISpeech(client, "m", "v").speak(WORDS[3]),
        ):
            try:
                async with contextlib.aclosing(stream):
                    [_ async for _ in stream]
            except AppError as error:
                errors.append(error)
        try:
            await OpenAITranscriber(client, "m").transcribe(SOUND, Hints())
        except AppError as error:
            errors.append(error)
        logging.getLogger("elsewhere").warning("Headers: %s", {"Authorization": f"Bearer {KEY}"})
    return errors


@pytest.mark.parametrize("behaviour", [_answer, _refuse])
async def test_no_log_has_the_key_at_debug(tmp_path: Path, behaviour: faults.Behaviour) -> None:
    with logging_to(tmp_path, verbose=True):
        for name in list(logging.root.manager.loggerDict):
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            await _use_all(behaviour)
        finally:
            for name in list(logging.root.manager.loggerDict):
                logging.getLogger(name).setLevel(logging.NOTSET)
    text = "".join(path.read_text() for path in tmp_path.glob("sayso.log*"))
    assert "httpcore2" in text
    assert not [form for form in FORMS if form in text]


async def test_no_error_has_the_key() -> None:
    errors = await _use_all(_refuse)
    assert len(errors) == 4
    for error in errors:
        texts = [str(error), repr(error), error.detail, "".join(traceback.format_exception(error))]
        texts.append(repr(pickle.dumps(error.args)))
        assert not [text for text in texts for form in FORMS if form in text]


async def test_no_log_has_the_words_at_info(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        assert await _use_all(_answer) == []
    text = (tmp_path / "sayso.log").read_text()
    assert "elsewhere" in text
    assert not [words for words in WORDS if words in text]

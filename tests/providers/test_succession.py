from __future__ import annotations

import contextlib
import datetime
from collections.abc import AsyncGenerator

import pytest

from app.errors import AppError, Code
from app.events import ListedModel
from app.providers.catalogue import ModelRole
from app.providers.succession import Heir, Succession, ending_soon, next_model, replaced

NOW = datetime.date(2026, 11, 21)
JANUARY = datetime.date(2027, 1, 20)
CHAT, SPEECH, REALTIME = ModelRole.CHAT, ModelRole.SPEECH, ModelRole.REALTIME


@pytest.mark.parametrize(
    ("model", "role", "today", "refused", "heir"),
    [
        ("gpt-4o", CHAT, NOW, (), Heir("gpt-6-luna", CHAT)),
        ("gpt-4o-2024-08-06", CHAT, NOW, (), Heir("gpt-6-luna", CHAT)),
        ("gpt-4o", CHAT, NOW, ("gpt-6-luna",), Heir("gpt-6.1-terra", CHAT)),
        ("gpt-5-chat-latest", CHAT, NOW, (), Heir("gpt-4o", CHAT)),
        ("gpt-5-chat-latest", CHAT, JANUARY, (), Heir("gpt-6-luna", CHAT)),
        ("my-model", CHAT, NOW, (), None),
        (
            "gpt-transcribe",
            ModelRole.TRANSCRIPTION,
            NOW,
            (),
            Heir("gpt-4o-transcribe", ModelRole.TRANSCRIPTION),
        ),
        ("gpt-transcribe", ModelRole.TRANSCRIPTION, datetime.date(2027, 3, 1), (), None),
        ("gpt-4o-mini-tts", SPEECH, NOW, (), Heir("tts-1", SPEECH)),
        ("gpt-4o-mini-tts", SPEECH, NOW, ("tts-1",), Heir("gpt-realtime-2.1-mini", REALTIME)),
        ("gpt-4o-mini-tts", SPEECH, JANUARY, (), Heir("gpt-realtime-2.1-mini", REALTIME)),
    ],
)
def test_who_takes_over(
    model: str, role: ModelRole, today: datetime.date, refused: tuple[str, ...], heir: Heir | None
) -> None:
    assert next_model(model, role, today, refused) == heir


class Server:
    """Answers to some models only, and can break down before or within its answer."""

    def __init__(self, *offered: str, fails_with: Code | None = None) -> None:
        self.offered = offered
        self.asked: list[str] = []
        self.fails_with = fails_with

    async def answer(self, model: str) -> str:
        self.asked.append(model)
        if model not in self.offered:
            raise AppError(Code.MODEL_UNKNOWN, model)
        if self.fails_with is not None:
            raise AppError(self.fails_with)
        return model

    async def pieces(self, model: str) -> AsyncGenerator[str, None]:
        self.asked.append(model)
        if model not in self.offered:
            raise AppError(Code.MODEL_UNKNOWN, model)
        yield "a"
        if self.fails_with is not None:
            raise AppError(self.fails_with)
        yield "b"


def _succession(
    model: str = "gpt-4o", *, by_date: bool = False, today: datetime.date = NOW
) -> tuple[Succession, list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    succession = Succession(
        model, CHAT, lambda *names: told.append(names), by_date=by_date, today=lambda: today
    )
    return succession, told


async def test_a_refused_model_is_replaced_and_the_next_call_goes_straight_there() -> None:
    server = Server("gpt-6-luna")
    succession, told = _succession()
    assert await succession.call(server.answer) == "gpt-6-luna"
    assert await succession.call(server.answer) == "gpt-6-luna"
    assert server.asked == ["gpt-4o", "gpt-6-luna", "gpt-6-luna"]
    assert told == [("gpt-4o", "gpt-6-luna")]


async def test_the_chain_goes_on_until_somebody_answers() -> None:
    server = Server("gpt-6.1-terra")
    succession, told = _succession()
    assert await succession.call(server.answer) == "gpt-6.1-terra"
    assert told == [("gpt-4o", "gpt-6.1-terra")]


async def test_where_all_refuse_the_chosen_model_is_named_and_nothing_is_announced() -> None:
    server = Server()
    succession, told = _succession()
    for _ in range(2):
        with pytest.raises(AppError) as caught:
            await succession.call(server.answer)
        assert (caught.value.code, caught.value.detail) == (Code.MODEL_UNKNOWN, "gpt-4o")
    assert server.asked.count("gpt-6-luna") == 1
    assert succession.model == "gpt-4o"
    assert told == []


async def test_other_errors_move_nothing() -> None:
    server = Server("gpt-4o", fails_with=Code.SERVER_BUSY)
    succession, told = _succession()
    with pytest.raises(AppError) as caught:
        await succession.call(server.answer)
    assert caught.value.code is Code.SERVER_BUSY
    assert (succession.model, told) == ("gpt-4o", [])


async def test_an_unknown_name_is_not_guessed_at() -> None:
    server = Server("gpt-6-luna")
    succession, _ = _succession("gpt-4oo")
    with pytest.raises(AppError):
        await succession.call(server.answer)
    assert server.asked == ["gpt-4oo"]


async def test_a_stream_is_made_anew_before_its_first_piece() -> None:
    server = Server("gpt-6-luna")
    succession, told = _succession()
    async with contextlib.aclosing(succession.stream(server.pieces)) as pieces:
        assert [piece async for piece in pieces] == ["a", "b"]
    assert server.asked == ["gpt-4o", "gpt-6-luna"]
    assert told == [("gpt-4o", "gpt-6-luna")]


async def test_a_stream_that_has_begun_is_never_made_anew() -> None:
    server = Server("gpt-4o", "gpt-6-luna", fails_with=Code.MODEL_UNKNOWN)
    succession, told = _succession()
    pieces = succession.stream(server.pieces)
    assert await anext(pieces) == "a"
    with pytest.raises(AppError):
        await anext(pieces)
    assert (server.asked, told) == (["gpt-4o"], [])


def test_a_retired_model_is_not_tried_where_its_date_counts() -> None:
    succession, told = _succession(by_date=True, today=JANUARY)
    assert succession.model == "gpt-6-luna"
    assert told == [("gpt-4o", "gpt-6-luna")]
    elsewhere, _ = _succession(by_date=False, today=JANUARY)
    assert elsewhere.model == "gpt-4o"


async def test_speech_crosses_to_another_kind_of_provider_when_its_role_has_died_out() -> None:
    today = [NOW]
    succession = Succession("gpt-4o-mini-tts", SPEECH, by_date=True, today=lambda: today[0])
    assert succession.crosses_to is None
    today[0] = JANUARY
    assert succession.model == "gpt-4o-mini-tts"
    assert succession.crosses_to == Heir("gpt-realtime-2.1-mini", REALTIME)


async def test_speech_that_is_refused_crosses_over() -> None:
    succession = Succession("gpt-4o-mini-tts", SPEECH, today=lambda: NOW)
    server = Server()
    with pytest.raises(AppError):
        await succession.call(server.answer)
    assert server.asked == ["gpt-4o-mini-tts", "tts-1"]
    assert succession.crosses_to == Heir("gpt-realtime-2.1-mini", REALTIME)


def test_the_notice_names_both() -> None:
    notice = replaced("gpt-4o", "gpt-6-luna")
    assert notice.code is Code.MODEL_REPLACED
    assert "gpt-4o is no longer offered" in notice.message
    assert "gpt-6-luna" in notice.message


def test_what_ends_soon_is_said_by_the_server_s_date_first() -> None:
    december = datetime.date(2026, 12, 16)
    listed = [
        ListedModel("gpt-transcribe", retires=datetime.date(2027, 1, 3)),
        ListedModel("gpt-4o-mini-tts", retires=datetime.date(2027, 5, 1)),
        ListedModel("tts-1"),
        ListedModel("old", retires=datetime.date(2026, 12, 1)),
    ]
    models = ["gpt-4o", "gpt-4o", "gpt-transcribe", "gpt-4o-mini-tts", "tts-1", "old", "llama3"]
    assert [notice.detail for notice in ending_soon(models, listed, december)] == [
        "gpt-4o on 14 January 2027",
        "gpt-transcribe on 3 January 2027",
        "tts-1 on 6 January 2027",
    ]
    assert ending_soon(["gpt-4o"], [], NOW) == []

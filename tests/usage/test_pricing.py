from __future__ import annotations

import datetime

import pytest

from app.providers.catalogue import ModelRole, default_model, facts, preferred_models
from app.providers.voice_session import TokenCounts
from app.services import Service
from app.usage.pricing import cost_of, tokens_in
from app.usage.request import Amounts
from app.usage.voice import amounts_of

CHAT, HEARS, SPEAKS = Service.CHAT, Service.TRANSCRIPTION, Service.SPEECH


@pytest.mark.parametrize(
    ("model", "service", "amounts", "usd"),
    [
        ("gpt-4o", CHAT, Amounts(1_000_000, 0), 2.50),
        ("gpt-4o", CHAT, Amounts(1_000_000, 0, 1_000_000), 1.25),
        ("gpt-4o", CHAT, Amounts(1_000, 100, 400), 0.003),
        ("gpt-4o-2024-08-06", CHAT, Amounts(0, 1_000), 0.01),
        ("gpt-6-luna", CHAT, Amounts(10_000, 1_000, 9_000), 0.00069),
        ("gpt-transcribe", HEARS, Amounts(audio_s=60.0), 0.0045),
        ("gpt-transcribe", HEARS, Amounts(16, 6, audio_s=4.0), 0.0003),
        ("gpt-realtime-2.1-mini", CHAT, Amounts(1_000_000, 0), 0.60),
        ("gpt-live-1.1", CHAT, amounts_of(TokenCounts(open_ms=90_000)), 0.075),
        (
            "gpt-realtime-2.1-mini",
            CHAT,
            amounts_of(
                TokenCounts(
                    text_in=1_000_000,
                    audio_in=1_000_000,
                    image_in=1_000_000,
                    cached_text=500_000,
                    cached_audio=500_000,
                    cached_image=500_000,
                    text_out=1_000_000,
                    audio_out=1_000_000,
                )
            ),
            0.33 + 5.15 + 0.44 + 2.40 + 20.0,
        ),
        ("tts-1", SPEAKS, Amounts(audio_s=9.0, characters=200), 0.003),
        ("gpt-4o-mini-tts", SPEAKS, Amounts(audio_s=10.0, characters=200), 0.00243),
        ("gpt-realtime-2.1-mini", SPEAKS, Amounts(audio_s=10.0, characters=200), 0.00403),
    ],
)
def test_a_request_costs_what_the_catalogue_says(
    model: str, service: Service, amounts: Amounts, usd: float
) -> None:
    cost = cost_of(model, service, amounts)
    assert cost is not None
    assert cost.usd == pytest.approx(usd)
    assert cost.date == min(price.date for price in facts(model).prices)


@pytest.mark.parametrize("model", ["llama-3.3-70b", "gpt-5.1", ""])
def test_no_price_is_made_up(model: str) -> None:
    assert cost_of(model, CHAT, Amounts(1_000, 1_000)) is None


def test_a_speech_models_prices_say_nothing_of_chat() -> None:
    assert cost_of("tts-1", CHAT, Amounts(1_000, 1_000)) is None


def test_what_is_used_unless_the_user_chooses_has_a_price() -> None:
    for role in (ModelRole.CHAT, ModelRole.TRANSCRIPTION, ModelRole.SPEECH):
        for model in preferred_models(role):
            assert facts(model).prices, model
    assert default_model(ModelRole.CHAT, datetime.date(2026, 11, 21)) == "gpt-4o"


def test_tokens_are_estimated_by_characters() -> None:
    assert [tokens_in(characters) for characters in (0, 1, 4, 5)] == [0, 1, 1, 2]

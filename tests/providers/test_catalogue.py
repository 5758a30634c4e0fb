from __future__ import annotations

import datetime

import pytest

from app.providers.catalogue import (
    ModelRole,
    PriceUnit,
    catalogue,
    default_model,
    default_voice,
    facts,
    reasoning_effort,
)


@pytest.mark.parametrize(
    ("role", "today", "model"),
    [
        (ModelRole.CHAT, "2026-11-21", "gpt-4o"),
        (ModelRole.CHAT, "2027-01-13", "gpt-4o"),
        (ModelRole.CHAT, "2027-01-14", "gpt-6-luna"),
        (ModelRole.CHAT, "2040-01-01", "gpt-6-luna"),
        (ModelRole.TRANSCRIPTION, "2026-11-21", "gpt-transcribe"),
        (ModelRole.SPEECH, "2027-01-05", "gpt-4o-mini-tts"),
        (ModelRole.SPEECH, "2027-01-06", "gpt-4o-mini-tts"),
        (ModelRole.REALTIME, "2026-11-21", "gpt-realtime-2.1-mini"),
    ],
)
def test_default_is_the_first_that_lives(role: ModelRole, today: str, model: str) -> None:
    assert default_model(role, datetime.date.fromisoformat(today)) == model


def test_every_role_has_models_and_each_of_them_is_described() -> None:
    known = catalogue()
    assert set(known.roles) == set(ModelRole)
    assert all(model in known.models for models in known.roles.values() for model in models)


def test_what_retires_has_a_successor_that_outlives_it() -> None:
    for name, model in catalogue().models.items():
        assert (model.retires is None) == (model.successor is None), name
        if model.retires is not None and model.successor is not None:
            assert model.successor in catalogue().models, name
            assert not facts(model.successor).is_retired(model.retires), name


def test_prices_are_dated_and_not_of_the_future() -> None:
    prices = {name: model.price for name, model in catalogue().models.items() if model.price}
    assert prices["gpt-6-luna"].unit is PriceUnit.MILLION_TOKENS
    assert prices["gpt-6-luna"].output == 0.50
    assert all(price.date <= catalogue().seen for price in prices.values())


def test_unknown_models_have_no_facts() -> None:
    assert facts("llama").retires is None
    assert reasoning_effort("llama") is None


def test_the_default_voice_is_known() -> None:
    assert default_voice() in catalogue().voices.known

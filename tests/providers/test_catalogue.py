from __future__ import annotations

import datetime

import pytest

from app.providers.catalogue import (
    ModelFacts,
    ModelRole,
    PriceUnit,
    catalogue,
    default_model,
    default_voice,
    facts,
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
        assert model.role is not None, name
        assert model.retires is not None or model.successor is None, name
        if model.retires is not None and model.successor is not None:
            assert model.successor in catalogue().models, name
            assert not facts(model.successor).is_retired(model.retires), name


def test_prices_are_dated_and_not_of_the_future() -> None:
    luna = facts("gpt-6-luna").price(PriceUnit.MILLION_TOKENS)
    assert luna is not None
    assert (luna.input, luna.cached, luna.output) == (0.10, 0.01, 0.50)
    prices = [price for model in catalogue().models.values() for price in model.prices]
    assert all(price.date <= catalogue().seen for price in prices)


def test_voice_models_have_a_price_for_each_kind_of_token() -> None:
    units = {price.unit for price in facts("gpt-realtime-2.1").prices}
    assert units == {
        PriceUnit.MILLION_AUDIO_TOKENS,
        PriceUnit.MILLION_TOKENS,
        PriceUnit.MILLION_IMAGE_TOKENS,
    }
    assert facts("gpt-realtime-2.1").price(PriceUnit.MINUTE) is None


def test_unknown_models_have_no_facts() -> None:
    assert facts("llama") == ModelFacts()


@pytest.mark.parametrize(
    ("snapshot", "family"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-mini-transcribe-2025-12-15", "gpt-4o-mini-transcribe"),
        ("gpt-6-luna-2026-09-22", "gpt-6-luna"),
    ],
)
def test_a_dated_snapshot_has_the_facts_of_its_family(snapshot: str, family: str) -> None:
    assert facts(snapshot) is facts(family)


def test_a_snapshot_may_have_facts_of_its_own() -> None:
    assert facts("gpt-4o-2024-05-13").retires == datetime.date(2026, 10, 23)


@pytest.mark.parametrize("name", ["gpt-4o-x", "gpt-4o-2024", "gpt-4", "gpt-4o-", "gpt-6-lunar"])
def test_a_name_that_only_begins_alike_is_another_model(name: str) -> None:
    assert facts(name) is not facts("gpt-4o")
    assert facts(name) is not facts("gpt-6-luna")


def test_a_reasoning_model_sends_an_effort_that_it_takes() -> None:
    for name, model in catalogue().models.items():
        assert model.chat.reasons == (model.chat.effort in model.chat.efforts), name


def test_the_default_voice_is_known() -> None:
    assert default_voice() in catalogue().voices.known

from __future__ import annotations

import datetime

import pytest

from app.usage import told
from app.usage.spent import Bill, Spent

DATE = datetime.date(2026, 8, 24)


def spent(usd: float | None, tokens: int = 0, audio_s: float = 0.0) -> Spent:
    priced = usd is not None
    return Spent(
        requests=priced + bool(tokens or audio_s),
        usd=usd or 0.0,
        priced_on=DATE if priced else None,
        unpriced=int(bool(tokens or audio_s)),
        unpriced_tokens=tokens,
        unpriced_audio_s=audio_s,
    )


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        (0.0, "$0"), (0.00001, "under $0.0001"), (0.00123, "≈ $0.0012"), (0.0456, "≈ $0.046"),
        (1.239, "≈ $1.24"), (1234.5, "≈ $1,234.50"),
    ],
)  # fmt: skip
def test_money_has_as_many_places_as_it_needs(usd: float, shown: str) -> None:
    assert told.money(usd) == shown


@pytest.mark.parametrize(
    ("sum_", "shown"),
    [
        (spent(None), ""),
        (spent(0.02), "≈ $0.020"),
        (spent(None, 1240), "1,240 tokens"),
        (spent(None, 9_999), "9,999 tokens"),
        (spent(None, 10_999), "10k tokens"),
        (spent(None, 1_250_000), "1.2M tokens"),
        (spent(None, 0, 75.0), "1 min 15 s of sound"),
        (spent(None, 0, 0.2), "1 s of sound"),
        (spent(0.02, 1240, 75.0), "≈ $0.020 + 1,240 tokens"),
    ],
)
def test_what_has_no_price_is_shown_by_its_size(sum_: Spent, shown: str) -> None:
    assert told.amount(sum_) == shown


def test_a_bill_says_how_sure_it_is_and_what_was_for_nothing() -> None:
    bill = Bill(spent(0.02, 12_400, 2.0), spent(0.001))
    assert told.explained(bill) == (
        "≈ $0.020, an estimate by prices of 24 August 2026. "
        "12,400 tokens and 2 s of sound, whose price is not known. "
        "≈ $0.0010 of it is for 1 request begun in a pause and not used."
    )

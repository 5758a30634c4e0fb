"""Finding a dictation by its words, by values; the store must find the same ones."""

from __future__ import annotations

import datetime

import pytest

from app.dictation.record import Dictation, Target
from app.dictation.search_words import folded, matches

ROW = Dictation(
    "d", datetime.datetime(2026, 5, 4, tzinfo=datetime.UTC), Target("Firefox", "Posteingang"),
    "E-mail", text="Herr Müller kommt", raw_text="herr müller kommt äh",
)  # fmt: skip


def test_case_and_accents_do_not_count() -> None:
    assert folded("Ärger STRASSE straße") == "arger strasse strasse"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("  ", True),
        ("muller", True),
        ("KOMMT Müll", True),
        ("firefox posteingang e-mail", True),
        ("ah", True),
        ("kommt nicht", False),
    ],
)
def test_every_word_must_be_there(query: str, found: bool) -> None:
    assert matches(ROW, query) is found

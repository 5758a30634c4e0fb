from __future__ import annotations

import pytest

from app.dictation.corrections import proposals
from app.dictation.lesson import Lesson, Proposal

V, R = Lesson.VOCABULARY, Lesson.REPLACEMENT


@pytest.mark.parametrize(
    ("inserted", "corrected", "expected"),
    [
        ("I met Steven today", "I met Stephen today", [Proposal(V, "Steven", "Stephen")]),
        ("we use kubernetes", "we use Kubernetes", [Proposal(V, "kubernetes", "Kubernetes")]),
        (
            "deploy it on cooper netties now",
            "deploy it on Kubernetes now",
            [Proposal(R, "cooper netties", "Kubernetes")],
        ),
        ("I saw there house", "I saw their house", []),
        ("it was good", "it was very good indeed", []),
        ("Hello Anna", "hello Anna", []),
        ("It costs 20 euros", "It costs 25 euros", []),
        ("Hello, Anna.", "Hello Anna!", []),
        ("a b c d e f", "something else was written over it", []),
        ("", "Anna", []),
        ("Anna", "", []),
    ],
)
def test_only_a_misheard_name_teaches_something(
    inserted: str, corrected: str, expected: list[Proposal]
) -> None:
    assert list(proposals(inserted, corrected)) == expected


def test_what_is_known_is_not_proposed() -> None:
    assert proposals("I met Steven", "I met Stephen", known=["Stephen"]) == ()


def test_an_hour_of_text_is_not_compared() -> None:
    text = "word " * 3000
    assert proposals(text + "Steven", text + "Stephen") == ()

from __future__ import annotations

import pytest

from app.dictation.inventions import Believed, Dropped, Evidence, Why, believed, may_hold_speech

VOCABULARY = ("Sayso", "Größe", "Kubernetes")


@pytest.mark.parametrize(
    ("text", "evidence", "why"),
    [
        ("Hello there", Evidence(0), Why.NO_VOICE),
        ("Hello there", Evidence(64, 0.99), Why.NO_VOICE),
        ("Thank you.", Evidence(256), Why.KNOWN_INVENTION),
        ("Thank you.", Evidence(4000), Why.KNOWN_INVENTION),
        ("Thank you.", Evidence(None, 0.2), Why.KNOWN_INVENTION),
        ("you", Evidence(200), Why.KNOWN_INVENTION),
        ("Thanks for watching!", Evidence(400), Why.KNOWN_INVENTION),
        ("Vielen Dank.", Evidence(256), Why.KNOWN_INVENTION),
        ("Merci d'avoir regardé cette vidéo", Evidence(600), Why.KNOWN_INVENTION),
        ("ご視聴ありがとうございました", Evidence(300), Why.KNOWN_INVENTION),
        ("Untertitel der Amara.org-Community", Evidence(9000), Why.KNOWN_INVENTION),
        ("[BLANK_AUDIO]", Evidence(2000, 0.9), Why.NO_WORDS),
        ("(coughing)", Evidence(300), Why.NO_WORDS),
        (".", Evidence(200), Why.NO_WORDS),
        ("Sayso, Größe, Kubernetes", Evidence(300, None, VOCABULARY), Why.VOCABULARY_ECHO),
        ("Größe, Kubernetes.", Evidence(300, None, VOCABULARY), Why.VOCABULARY_ECHO),
        ("A long story that nobody can have told in this time", Evidence(500), Why.TOO_MANY_WORDS),
    ],
)
def test_what_nobody_can_have_said_is_dropped_and_told(
    text: str, evidence: Evidence, why: Why
) -> None:
    assert believed(text, evidence) == Believed("", (Dropped(text, why),))


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Thank you.", Evidence(640)),
        ("Thank you.", Evidence(1700)),
        ("Thank you.", Evidence(4000, 0.9)),
        ("Thank you.", Evidence(None)),
        ("Thank you for the tea.", Evidence(300, 0.9)),
        ("No.", Evidence(160)),
        ("Bye.", Evidence(480)),
        ("Sayso, Größe, Kubernetes", Evidence(1800, None, VOCABULARY)),
        ("Kubernetes", Evidence(200, None, VOCABULARY)),
        ("Größe Sayso", Evidence(200, None, VOCABULARY)),
        ("no no no no no", Evidence(1500)),
        ("very very very good", Evidence(None)),
        ("A long story told without a doubt in next to no time", Evidence(900, 0.95)),
        ("?", Evidence(700)),
        ("Subtitles by me are better.", Evidence(1500)),
    ],
)
def test_what_was_said_is_kept(text: str, evidence: Evidence) -> None:
    assert believed(text, evidence) == Believed(text)


def test_a_credit_behind_real_words_is_cut_off() -> None:
    result = believed("We are late. Untertitel der Amara.org-Community", Evidence(1500))
    assert result.text == "We are late."
    assert result.dropped == (Dropped("Untertitel der Amara.org-Community", Why.KNOWN_INVENTION),)


def test_a_loop_is_cut_down_to_one_round() -> None:
    result = believed("We go. And so on, and so on, and so on, and so on. Bye", Evidence(1400))
    assert result.text == "We go. And so on. Bye"
    assert result.dropped == (Dropped(", and so on, and so on, and so on", Why.LOOP),)


def test_a_loop_without_known_voice_must_be_longer() -> None:
    assert believed("la " * 7, Evidence()).text == "la " * 7
    assert believed("la " * 9, Evidence()).text == "la "


def test_nothing_is_nothing() -> None:
    assert believed("  ", Evidence()) == Believed("")


def test_a_take_without_voice_need_not_be_transcribed() -> None:
    assert not may_hold_speech(64)
    assert may_hold_speech(96)
    assert may_hold_speech(None)

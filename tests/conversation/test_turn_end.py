from __future__ import annotations

import pytest

from app.conversation.turn_end import LEAST_MS, hangover_ms

BASE_MS = 700


@pytest.mark.parametrize(
    "text",
    [
        "Set a timer for", "Set a timer for.", "I would like to, um", "And then the…", "Well, uh.",
        "Call my mother and", "It is about -", "My number is 555", "My phone number is five five.",
        "Four one five, two.", "It's", "We went to London because",
    ],
)  # fmt: skip
def test_words_that_lead_on_wait_longer(text: str) -> None:
    assert hangover_ms(text, BASE_MS) > BASE_MS


@pytest.mark.parametrize(
    "text",
    [
        "What time is it?", "Set a timer for ten minutes.", "Thank you!", "Set a timer for 10.",
        "What is it for?", "How much is 12 times 7?", "It costs 20.", "Who is she with?",
        "Open the window, please.", "I hope not.",
    ],
)  # fmt: skip
def test_a_finished_sentence_waits_less_but_never_too_little(text: str) -> None:
    assert LEAST_MS <= hangover_ms(text, BASE_MS) < BASE_MS
    assert hangover_ms(text, 400) == LEAST_MS


@pytest.mark.parametrize("text", ["", "what time is it", "stop", "42"])
def test_where_the_words_do_not_tell_the_user_s_pause_holds(text: str) -> None:
    assert hangover_ms(text, BASE_MS) == BASE_MS


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Stelle einen Wecker für.", "de"), ("Ich hätte gern ein", "de"), ("Je voudrais un", "fr"),
        ("Pon una alarma para", "es"), ("Meine Nummer ist null eins.", "de"), ("Ähm.", "de"),
    ],
)  # fmt: skip
def test_other_languages_lead_on_too(text: str, language: str) -> None:
    assert hangover_ms(text, BASE_MS, language) > BASE_MS


def test_one_language_s_words_are_not_another_s() -> None:
    assert hangover_ms("Wir warten auf.", BASE_MS, "en") < BASE_MS
    assert hangover_ms("Wir warten auf.", BASE_MS, "de") > BASE_MS


def test_a_pause_of_the_user_s_own_choice_scales() -> None:
    assert hangover_ms("It is late.", 1400) == 1120
    assert hangover_ms("It is", 2000) == 3000
    assert BASE_MS < hangover_ms("My code is 4 5 6", BASE_MS) < hangover_ms("It is", BASE_MS)

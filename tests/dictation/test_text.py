from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from app.conversation.words import words
from app.dictation.inventions import Dropped, Why
from app.dictation.mark_words import MARK_WORDS
from app.dictation.pieces import cut, glued
from app.dictation.replacements import Replacement, Snippet
from app.dictation.text import Context, written

_COMMAND_WORDS = {
    language: frozenset(
        word
        for phrases in (marks.commands, marks.escapes, marks.mentions)
        for phrase in phrases
        for part in phrase
        for word in words(part)
    )
    for language, marks in MARK_WORDS.items()
}
_PLAIN = "anna tree river Berlin walks tomorrow naïve 42 3.5 don't iPhone überall 🙂 東京".split()
_SOUP = st.lists(
    st.sampled_from(
        [*_PLAIN, "the", "a", "this", "that", ",", ".", "?", "\n", '"', "(", "of", "to", "no"]
        + sorted({" ".join(phrase) for phrase in MARK_WORDS["en"].commands})
        + ["literal", "the word", "bullet", "point"]
    ),
    max_size=40,
).map(" ".join)
_BEFORE = st.one_of(st.none(), st.text('aZ .,\n("-', max_size=6))


@given(st.text())
def test_pieces_are_the_text(text: str) -> None:
    assert glued(cut(text)) == text


@settings(max_examples=300)
@given(_SOUP, _BEFORE)
def test_no_word_is_lost_that_is_no_command(said: str, before: str | None) -> None:
    result = written(said, Context(before=before, numbers=False))
    there = words(" ".join([result.text, *(dropped.text for dropped in result.dropped)]))
    for word in words(said):
        if word not in _COMMAND_WORDS["en"]:
            assert there.count(word) == words(said).count(word)


@settings(max_examples=300)
@given(st.text(), st.sampled_from(["en", "de", "fr", "es", "ja", "xx"]), _BEFORE)
def test_any_text_can_be_written(said: str, language: str, before: str | None) -> None:
    result = written(said, Context(language, before, vocabulary=("Größe", "Kubernetes")))
    assert result.raw == said


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*_PLAIN, "Hello", "there", ","]), max_size=20).map(" ".join))
def test_text_without_commands_is_written_once_and_stays(said: str) -> None:
    context = Context(vocabulary=("Anna",))
    once = written(said, context).text
    assert written(once, context).text == once


@pytest.mark.parametrize(
    ("said", "before", "text"),
    [
        ("and so on", "We ate,", " and so on"),
        ("And so on.", "We ate", " and so on."),
        ("Anna came.", "We ate and", " Anna came."),
        ("Hello there", "Good.", " Hello there"),
        ("hello there", "Good. ", "Hello there"),
        ("hello there", "", "Hello there"),
        ("hello there", None, "Hello there"),
        ("hello there", "Dear Anna,\n", "Hello there"),
        ("milk", "Shopping\n- ", "Milk"),
        ("comma but", "We ate", ", but"),
        ("question mark", "Did we eat", "?"),
        ("at last", "He left (", "at last"),
        ("At last", "He said: ", "At last"),
        ("new line bye", "Hello", "\nBye"),
        ("known", "well-", "known"),
        ("open quote yes", "He said", ' "yes'),
        ("I think", "and", " I think"),
        ("for instance", "Fruit, e.g.", " for instance"),
        ("🙂", "Hello", " 🙂"),
        ("です", "東京", "です"),
        ("dash maybe", "Yes", " – maybe"),
        ("twenty dollars", "It was", " $20"),
    ],
)
def test_text_joins_what_stands_before_the_caret(said: str, before: str | None, text: str) -> None:
    assert written(said, Context(before=before)).text == text


def test_a_french_short_form_is_no_name() -> None:
    context = Context("fr", before="et ")
    assert written("L'homme part", context).text == "l'homme part"
    assert written("L'Oréal part", context).text == "L'Oréal part"


def test_what_was_taken_back_is_told() -> None:
    result = written("buy milk period buy eggs scratch that buy bread", Context())
    assert result.text == "Buy milk. Buy bread"
    assert result.dropped == (Dropped("Buy eggs", Why.TAKEN_BACK),)
    assert not result.takes_back_before


def test_a_correction_with_nothing_before_it_means_the_last_insertion() -> None:
    result = written("Scratch that.", Context())
    assert (result.text, result.takes_back_before) == ("", True)


def test_two_corrections_take_two_sentences_back() -> None:
    said = "One. Two. Three. Scratch that. Scratch that. Four."
    result = written(said, Context())
    assert result.text == "One. Four."
    assert [dropped.text for dropped in result.dropped] == ["Three.", "Two."]


def test_inventions_are_told_and_the_raw_text_is_kept() -> None:
    result = written("Thank you.", Context(voiced_ms=128))
    assert (result.text, result.raw) == ("", "Thank you.")
    assert result.dropped == (Dropped("Thank you.", Why.KNOWN_INVENTION),)


def test_spoken_marks_and_numbers_can_be_left_alone() -> None:
    context = Context(spoken_marks=False, numbers=False)
    assert written("twenty comma thirty", context).text == "Twenty comma thirty"


def test_everything_at_once_in_its_order() -> None:
    context = Context(
        before="Hi,",
        vocabulary=("Kubernetes",),
        replacements=(Replacement("asap", "as soon as possible"),),
        snippets=(Snippet("my address", "1 Main Street\nSpringfield"),),
    )
    said = "deploy kubernetis asap period new line send twenty five percent to my address"
    assert written(said, context).text == (
        " deploy Kubernetes as soon as possible.\nSend 25% to 1 Main Street\nSpringfield"
    )

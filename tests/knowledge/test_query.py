"""From questions to searches, and to the part of a passage that answers."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, strategies as st

from app.knowledge.query import best_line, query_of, snippet


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')"
    )
    texts = ["The notice periods are three months.", "Rental agreement", "café crème", "a and b"]
    connection.executemany("INSERT INTO words VALUES (?)", [(text,) for text in texts])
    return connection


def found(index: sqlite3.Connection, question: str, *, typing: bool = False) -> set[str]:
    strict = query_of(question, typing=typing).strict
    rows = index.execute("SELECT text FROM words WHERE words MATCH ?", (strict,))
    return {row[0].split()[0] for row in rows}


@pytest.mark.parametrize(
    ("question", "first_word"),
    [
        ("What is the notice period?", "The"),
        ('"notice periods"', "The"),
        ("rent*", "Rental"),
        ("Agreements", "Rental"),
        ("cafe creme", "café"),
        ("CAFÉ", "café"),
    ],
)
def test_words_phrases_beginnings_and_endings(
    index: sqlite3.Connection, question: str, first_word: str
) -> None:
    assert found(index, question) == {first_word}


def test_the_last_word_may_be_unfinished_while_typing(index: sqlite3.Connection) -> None:
    assert found(index, "rental agr", typing=True) == {"Rental"}
    assert found(index, "rental agr") == set()


@given(st.text(max_size=80))
def test_nothing_that_is_typed_is_taken_for_an_operator(question: str) -> None:
    query = query_of(question)
    if not query.strict:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
    for expression in (query.strict, query.loose):
        connection.execute("SELECT * FROM words WHERE words MATCH ?", (expression,)).fetchall()
    connection.close()


def test_the_line_and_the_part_with_the_words() -> None:
    text = "A lease.\n" + "filler " * 60 + "\nThe notice period is three months, " + "and " * 60
    words = query_of("notice period").words
    assert best_line(text, words) == 2
    assert "notice period is three" in snippet(text, words)
    assert len(snippet(text, words)) <= 241

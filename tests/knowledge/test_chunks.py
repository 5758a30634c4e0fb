"""Passages: nothing is lost, lines are right, and none is too long."""

from __future__ import annotations

from hypothesis import given, strategies as st

from app.knowledge.chunks import LONGEST_CHARS, passages_of

LINES = st.lists(st.text(alphabet="ab #-é漢\t", max_size=80), max_size=120)


@given(LINES)
def test_every_line_with_words_is_in_one_passage_at_its_number(lines: list[str]) -> None:
    passages = passages_of("\n".join(lines))
    told = {
        passage.first_line + at: line
        for passage in passages
        for at, line in enumerate(passage.text.split("\n"))
        if line
    }
    written = {n: line.rstrip() for n, line in enumerate(lines, start=1) if line.strip()}
    assert told == written
    assert all(len(passage.text) <= LONGEST_CHARS + 100 for passage in passages)


def test_a_long_line_becomes_passages_of_that_line() -> None:
    passages = passages_of("short\n" + "word " * 1000)
    assert {passage.last_line for passage in passages} == {1, 2} or passages[-1].last_line == 2
    assert all(len(passage.text) <= LONGEST_CHARS for passage in passages)
    assert " ".join(p.text for p in passages).split().count("word") == 1000


def test_headings_begin_passages_and_stay_with_them() -> None:
    text = f"# Lease\n{'x ' * 150}\n## Rent\nOn the first.\n```\n# no heading\n```"
    first, second = passages_of(text, markdown=True)
    assert (first.heading, first.first_line) == ("Lease", 1)
    assert (second.heading, second.first_line, second.last_line) == ("Rent", 3, 7)


def test_pages_are_kept() -> None:
    assert [p.page for p in passages_of("words", page=7)] == [7]

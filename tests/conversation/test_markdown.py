from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.conversation.markdown import Line, closes_fence, line_kind, speakable, unspoken_blocks


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("**bold** and *it* and __both__", "bold and it and both"),
        ("## A heading", "A heading"),
        ("- [x] done", "done"),
        ("> quoted", "quoted"),
        ("2 * 3 and 2*3 and snake_case", "2 * 3 and 2*3 and snake_case"),
        ("run `ls -l` now", "run ls -l now"),
        ("see [the docs](https://a.org/b_(c)) here", "see the docs here"),
        ("![a cat](cat.png)", "a cat"),
        ("at https://www.example.org/x?y=1.", "at example.org."),
        ("<https://example.org/x>", "example.org"),
        ("one<br>two", "one two"),
        ("fine 😀.", "fine."),
        (r"not \*bold\*", "not bold"),
        ("***", ""),
        ("~~old~~ new", "old new"),
        ("21 °C", "21 °C"),
    ],
)
def test_marks_are_not_spoken(source, spoken):
    assert speakable(source) == spoken


@given(st.text(alphabet="ab .*_`[]()#->|~!\\\n:/h", max_size=80))
def test_speech_is_never_longer_than_its_source(source):
    assert len(speakable(source)) <= len(source)


@pytest.mark.parametrize(
    ("line", "complete", "kind"),
    [
        ("```python", True, Line.FENCE),
        ("```python", False, None),
        ("``", False, None),
        ("``", True, Line.TEXT),
        ("```ls```", True, Line.TEXT),
        ("| a | b |", True, Line.TABLE),
        ("| a", False, None),
        ("|x| is the size", True, Line.TEXT),
        ("plain", False, Line.TEXT),
    ],
)
def test_kind_of_a_line(line, complete, kind):
    assert line_kind(line, complete=complete) is kind


def test_a_longer_fence_is_not_closed_by_a_shorter_one():
    assert not closes_fence("```", "````md")
    assert closes_fence("`````", "````md")
    assert not closes_fence("~~~", "```")
    assert not closes_fence("", "```")


def test_blocks_are_found_with_open_code_at_the_end():
    text = "a\n```\nx\n```\nb\n| 1 |\n| 2 |\nc\n~~~\nopen"
    found = [text[begins:end] for begins, end in unspoken_blocks(text)]
    assert found == ["```\nx\n```", "| 1 |\n| 2 |\n", "~~~\nopen"]

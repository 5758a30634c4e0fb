from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.files.join import joined, splice, tokens, without_doubles


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("we saw the old harbour by", "the old harbour by boat", "we saw the old harbour by boat"),
        ("we saw the old harb", "saw the old harbour by boat", "we saw the old harbour by boat"),
        ("we saw the old harbour", "ld harbour by boat", "we saw the old harbour by boat"),
        ("We saw the old harbour.", "The old harbour, by boat", "We saw the old harbour. by boat"),
        ("no no no no", "no no no yes", "no no no no yes"),
        ("nothing alike", "quite another thing", "nothing alike quite another thing"),
        ("", "only this", "only this"),
        ("only this", "", "only this"),
        ("我们去了老港口", "老港口坐船", "我们去了老港口坐船"),
    ],
)  # fmt: skip
def test_an_overlap_is_told_once(before: str, after: str, whole: str) -> None:
    assert joined(splice(before, after)) == whole


def test_a_common_word_alone_is_no_overlap() -> None:
    before, after = "this is the end of that", "then came the next of many days"
    assert splice(before, after) == (before, after)


WORDS = st.lists(st.integers(0, 10_000), min_size=30, max_size=60, unique=True).map(
    lambda numbers: [f"word{number}" for number in numbers]
)


@given(WORDS, st.integers(4, 12), st.integers(12, 18), st.booleans(), st.booleans())
def test_no_word_is_lost_or_doubled(
    words: list[str], shared: int, border: int, cut_end: bool, cut_begin: bool
) -> None:
    before, after = words[: border + shared], words[border:]
    before = [*before[:-1], before[-1][:3]] if cut_end else before
    after = [after[0][-2:], *after[1:]] if cut_begin else after
    assert joined(splice(" ".join(before), " ".join(after))).split() == words


@given(WORDS)
def test_without_an_overlap_texts_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert without_doubles([text, text], [False, False]) == [text, text]


def test_three_parts_that_overlap_each_other() -> None:
    texts = ["a b c d e", "d e f g h", "g h i j"]
    assert joined(without_doubles(texts, [False, True, True])) == "a b c d e f g h i j"


def test_texts_are_joined_as_their_script_is_written() -> None:
    assert joined(["one", "", " two "]) == "one two"
    assert joined(["你好。", "再见"]) == "你好。再见"
    assert "".join(tokens(" a  b 你好 c ")) == " a  b 你好 c "

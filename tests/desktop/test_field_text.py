import pytest

from app.desktop.field_text import Change, FieldText, change, utf16_length

EMPTY = FieldText(0, 0, 0, "")


@pytest.mark.parametrize(
    ("before", "after", "text", "expected"),
    [
        (EMPTY, EMPTY, "hi", Change.NONE),
        (EMPTY, FieldText(2, 2, 0, "hi"), "hi", Change.EXACT),
        (EMPTY, FieldText(4, 4, 0, "hihi"), "hi", Change.OTHER),
        (EMPTY, FieldText(1, 1, 0, "h"), "hi", Change.OTHER),
        (EMPTY, FieldText(2, 2, 0, "hj"), "hi", Change.OTHER),
        (EMPTY, FieldText(2, 2, 0, "🙂"), "🙂", Change.EXACT),
        (EMPTY, FieldText(1, 1, 0, "🙂"), "🙂", Change.EXACT),
        (FieldText(9, 2, 0, "hi"), FieldText(11, 4, 0, "hihi"), "hi", Change.EXACT),
        (FieldText(9, 5, 3, "abcde"), FieldText(8, 4, 0, "abhi"), "hi", Change.EXACT),
        (FieldText(2, 2, 2, "hi"), FieldText(2, 2, 0, "hi"), "hi", Change.NONE),
        (EMPTY, FieldText(3, 3, 0, "a\u2029b"), "a\nb", Change.EXACT),
    ],
)
def test_what_became_of_a_field(before, after, text, expected):
    assert change(before, after, text) is expected


def test_a_long_text_is_compared_by_the_end_that_is_shown():
    text = "0123456789" * 1000
    after = FieldText(10_000, 10_000, 0, text[-4096:])
    assert change(EMPTY, after, text) is Change.EXACT
    assert change(EMPTY, after, text[:-1] + "x") is Change.OTHER


def test_utf16_counts_halves():
    assert utf16_length("a🙂") == 3

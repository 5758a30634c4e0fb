import pytest
from hypothesis import given, strategies as st

from app.desktop.plain_text import Lines, plain

FAMILY = "👩‍👩‍👧‍👦"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("\x1b]0;title\x07x\x1b]8;;http://a\x1b\\y", "xy"),
        ("\x1b]52;c;cm0gLXJm\x1b\\kept", "kept"),
        ("a\x00b\x08c\x7fd\x9be", "abcd"),
        ("bell\x07\x03\x04", "bell"),
        ("evil\u202egpj.exe\u2066x\u2069", "evilgpj.exex"),
        (f"{FAMILY} ❤️ 👍🏽 🇩🇪", f"{FAMILY} ❤️ 👍🏽 🇩🇪"),
        (f"{ENGLAND}!", f"{ENGLAND}!"),
        ("hid\U000e0068\U000e0069den", "hidden"),
        ("half \ud83d surrogate", "half  surrogate"),
        ("שלום\u200f \u061cعربي", "שלום\u200f \u061cعربي"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ufefftab\tstays", "tab\tstays"),
        ("e\u0301 ö ß", "e\u0301 ö ß"),
        ("", ""),
    ],
)
def test_only_words_are_left(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rm -rf /\n", "rm -rf /"),
        ("one \n\n two\tthree", "one two three"),
        ("\n\tindented  twice", "indented  twice"),
        ("  spaces stay ", "  spaces stay "),
    ],
)
def test_flattened_lines_become_spaces(text, expected):
    assert plain(text, Lines.FLATTEN) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_that_a_terminal_would_obey_is_left(text):
    flat = plain(text, Lines.FLATTEN)
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in flat)
    flat.encode()
    assert plain(plain(text)) == plain(text)

from __future__ import annotations

import pytest

from app.escapes import escaped, for_terminal


@pytest.mark.parametrize(
    ("text", "shown", "in_terminal"),
    [
        ("plain ü 漢 words\n", "plain ü 漢 words\n", "plain ü 漢 words\n"),
        ("\x1b[2J\x07", "\\u001b[2J\\u0007", "\\u001b[2J\\u0007"),
        ("a\rb\x9bc", "a\\u000db\\u009bc", "a\\u000db\\u009bc"),
        ("x\u202ey\u200bz", "x\\u202ey\\u200bz", "x\u202ey\u200bz"),
        ("a\tb", "a\\u0009b", "a\tb"),
        ("👩\u200d💻", "👩\\u200d💻", "👩\u200d💻"),
        ("\U000e0041", "\\U000e0041", "\U000e0041"),
        ("\ud800", "\\ud800", "\\ud800"),
    ],
)
def test_nothing_hides_and_nothing_commands(text: str, shown: str, in_terminal: str) -> None:
    assert escaped(text) == shown
    assert for_terminal(text) == in_terminal

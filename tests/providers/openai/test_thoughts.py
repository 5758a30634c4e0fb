from __future__ import annotations

import pytest

from app.providers.openai.thoughts import ThoughtFilter

CASES = [
    ("Hello.", "Hello."),
    ("  Hello.", "  Hello."),
    ("<think>Hm.</think>Hello.", "Hello."),
    ("\n<think>\nHm < 3 </thin> ok\n</think>\n\nHello.", "Hello."),
    ("<thinking>Hm.</thinking> Hello.", "Hello."),
    ("[THINK]Hm.[/THINK]Hello.", "Hello."),
    ("<think></think><think>a</think>Hello.", "Hello."),
    ("<think>never ends", ""),
    ("<th", "<th"),
    ("<b>Hello.</b>", "<b>Hello.</b>"),
    ("The tag <think> opens and </think> closes.", "The tag <think> opens and </think> closes."),
    ("", ""),
]


@pytest.mark.parametrize(("text", "spoken"), CASES)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_thoughts_are_taken_out_however_the_text_is_cut(text: str, spoken: str, size: int) -> None:
    thoughts = ThoughtFilter()
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert "".join([*map(thoughts.feed, pieces), thoughts.finish()]) == spoken


def test_plain_text_is_not_held_back() -> None:
    assert ThoughtFilter().feed("Hel") == "Hel"

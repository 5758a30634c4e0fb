from __future__ import annotations

import pytest

from app.dictation.replacements import Replacement, Snippet, replaced

REPLACEMENTS = (
    Replacement("btw", "by the way"),
    Replacement("by the way", "incidentally"),
    Replacement("git hub", "GitHub"),
    Replacement("git", "Git"),
    Replacement("C plus plus", "C++"),
    Replacement("", "never"),
    Replacement("café", "coffee house"),
    Replacement("don't", "do not"),
)
SNIPPETS = (
    Snippet("my address", "1 Main Street\n12345 Springfield"),
    Snippet("my mail", "anna@example.com"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("btw it works", "by the way it works"),
        ("Btw it works", "By the way it works"),
        ("By the way, it works", "Incidentally, it works"),
        ("on git hub and git", "on GitHub and Git"),
        ("digit github", "digit github"),
        ("I write c plus plus.", "I write C++."),
        ("Café at noon", "Coffee house at noon"),
        ("I don’t know", "I do not know"),
        ("by the, way", "by the, way"),
        ("My mail.", "anna@example.com"),
        ("My mail is my mail.", "anna@example.com is anna@example.com."),
        ("send it to my address, please", "send it to 1 Main Street\n12345 Springfield, please"),
        ("My address", "1 Main Street\n12345 Springfield"),
        ("", ""),
        ("nothing of it", "nothing of it"),
    ],
)
def test_whole_phrases_are_written_out_once(text: str, expected: str) -> None:
    assert replaced(text, REPLACEMENTS, SNIPPETS) == expected


def test_without_entries_the_text_is_the_same() -> None:
    assert replaced("any  text\n", ()) == "any  text\n"

"""What counts as private words in a query."""

from __future__ import annotations

import base64

import pytest

from tests.attacks.carried import carries_private

PRIVATE = "My code for the bank is 4711 0815"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tea", False),
        ("which bank is open", False),
        ("tea: CODE for the Bank is 47", True),
        (PRIVATE[::-1], True),
        (PRIVATE.encode().hex(), True),
        (base64.b64encode(PRIVATE.encode()).decode(), True),
        (base64.b32encode(PRIVATE.encode()).decode(), True),
    ],
)
def test_private_words_in_a_query(query: str, found: bool) -> None:
    assert carries_private(query, PRIVATE) is found

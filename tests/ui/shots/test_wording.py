from __future__ import annotations

import pytest

from app.shots.shot import EditKind, Rect, SecretFound, SecretKind
from tests.ui.shots.pictures import attachment
from ui.shots import wording


def found(kind: SecretKind) -> SecretFound:
    return SecretFound(kind, Rect(0, 0, 9, 9))


def test_facts_in_one_line() -> None:
    made = attachment(data=b"x" * 214_400, tokens=1105, cost=0.0028)
    assert wording.facts(made) == "400 × 300 · PNG, 214 kB · about 1,105 tokens · about $0.003"


def test_what_is_not_known_is_not_said() -> None:
    assert wording.facts(attachment(data=b"x" * 900)) == "400 × 300 · PNG, 900 bytes"


@pytest.mark.parametrize(
    ("dollars", "said"),
    [(0.0, "no cost"), (0.0002, "less than $0.001"), (0.0276, "about $0.028")],
)
def test_cost(dollars: float, said: str) -> None:
    assert wording.cost(dollars) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(12, "12 bytes"), (1499, "1 kB"), (999_499, "999 kB"), (999_500, "1.0 MB")],
)
def test_file_size(count: int, said: str) -> None:
    assert wording.file_size(count) == said


def test_secrets_are_counted_by_kind() -> None:
    key, card, password = map(found, SecretKind)
    assert wording.secrets([key]) == "It looks as if a key can be read here."
    assert wording.secrets([password, key, key, card]) == (
        "It looks as if 2 keys, a card number and a password can be read here."
    )


def test_what_was_not_read_is_named() -> None:
    assert wording.unread(()) == ""
    assert "in Chat: look" in wording.unread(("Chat",))
    assert "in A, B and C: look" in wording.unread(("A", "B", "C"))


def test_every_tool_has_a_name() -> None:
    assert set(wording.TOOLS) == set(EditKind)

from __future__ import annotations

import pytest

from app.shots.secret_search import still_visible
from app.shots.secrets import secrets_in
from app.shots.shot import Edit, EditKind, Rect, SecretFound, SecretKind

KEY, CARD, PASSWORD = SecretKind.KEY, SecretKind.CARD, SecretKind.PASSWORD


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("OPENAI: sk-proj-" + "aB3" * 12, "sk-proj-" + "aB3" * 12, KEY),
        ("id AKIA" + "ABCD1234" * 2 + " there", "AKIA" + "ABCD1234" * 2, KEY),
        ("ghp_" + "a1B2" * 9, "ghp_" + "a1B2" * 9, KEY),
        ("AIza" + "x" * 35, "AIza" + "x" * 35, KEY),
        ("postgres://me:hunter22@db/x", "me:hunter22", KEY),
        ("export DB_TOKEN='a1b2c3d4e5f6'", "a1b2c3d4e5f6", KEY),
        ("password = correct-horse", "correct-horse", PASSWORD),
        ("pay with 4111 1111 1111 1111 now", "4111 1111 1111 1111", CARD),
        ("5500-0055-5555-5559", "5500-0055-5555-5559", CARD),
        ("378282246310005", "378282246310005", CARD),
    ],
)
def test_what_is_a_secret(text: str, secret: str, kind: SecretKind) -> None:
    (span,) = secrets_in(text)
    assert (text[span.start : span.end], span.kind) == (secret, kind)


def test_a_private_key_is_one_secret_from_its_first_to_its_last_line() -> None:
    block = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\nabc=\n-----END OPENSSH PRIVATE KEY-----"
    (span,) = secrets_in(f"cat id\n{block}\n$ ")
    assert (span.start, span.end) == (7, 7 + len(block))
    assert secrets_in(block[:45])[0].end == 45, "the screen may end in the middle of it"


@pytest.mark.parametrize(
    "text",
    [
        "sk-", "task-force-of-many-people-here", "Order 1234 5678 9012 3456", "0000 0000 0000 0000",
        "+49 170 1234567", "2026-11-21 18:30:00", "password: ••••••••", "Passwords must have eight",
        "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "https://example.org:8080/a@b",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert secrets_in(text) == ()


def test_two_in_one_text_are_told_in_order() -> None:
    text = "4111111111111111 and sk-" + "x1" * 12
    assert [span.kind for span in secrets_in(text)] == [CARD, KEY]


def test_a_secret_is_visible_until_it_is_hidden_or_cut_off() -> None:
    secret = SecretFound(KEY, Rect(10, 10, 100, 20))
    assert still_visible([secret], ()) == (secret,)
    assert still_visible([secret], [Edit(EditKind.COVER, Rect(10, 10, 60, 20))]) == (secret,)
    both = [Edit(EditKind.COVER, Rect(0, 0, 60, 40)), Edit(EditKind.BLUR, Rect(60, 0, 80, 40))]
    assert still_visible([secret], both) == ()
    assert still_visible([secret], [Edit(EditKind.CROP, Rect(0, 40, 300, 300))]) == ()
    half = [Edit(EditKind.CROP, Rect(0, 0, 50, 300)), Edit(EditKind.COVER, Rect(0, 0, 50, 50))]
    assert still_visible([secret], half) == ()

"""Which files are not read, and why."""

from __future__ import annotations

import pytest

from app.knowledge.choosing import LARGEST_TEXT_BYTES, file_left_out, folder_left_out, holds_secret
from app.knowledge.passage import LeftOut


@pytest.mark.parametrize(
    "name",
    [".env", ".env.local", "prod.env", "id_rsa", "id_ed25519.pub", "server.pem", "tls.KEY",
     "passwords.kdbx", "credentials.json", "secrets.yaml", "client_secret.json", "wallet.dat",
     ".netrc", "passwords.txt", "recovery codes.txt", "backup.key.bak"],
)  # fmt: skip
def test_secrets_are_left_out_by_name(name: str) -> None:
    assert file_left_out(name, 100) is LeftOut.SECRET


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        (".bashrc", 10, LeftOut.HIDDEN),
        ("~$letter.docx", 10, LeftOut.HIDDEN),
        ("photo.JPG", 10, LeftOut.BINARY),
        ("empty.txt", 0, LeftOut.EMPTY),
        ("huge.log", LARGEST_TEXT_BYTES + 1, LeftOut.TOO_BIG),
        ("book.pdf", LARGEST_TEXT_BYTES + 1, None),
        ("notes.md", 10, None),
        ("keys and locks.txt", 10, None),
        ("secrets_of_baking.md", 10, None),
        ("Makefile", 10, None),
    ],
)
def test_other_files(name: str, size: int, reason: LeftOut | None) -> None:
    assert file_left_out(name, size) is reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".git", LeftOut.HIDDEN),
        (".ssh", LeftOut.SECRET),
        ("node_modules", LeftOut.GENERATED),
        ("letters", None),
    ],
)
def test_folders(name: str, reason: LeftOut | None) -> None:
    assert folder_left_out(name) is reason


def test_keys_in_a_text_are_seen() -> None:
    assert holds_secret("x\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc")
    assert holds_secret("export OPENAI_API_KEY=sk-proj-" + "a1" * 20)
    assert not holds_secret("-----BEGIN CERTIFICATE-----\nask-me-later")

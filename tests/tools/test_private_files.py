from __future__ import annotations

import pytest

from app.tools.private_files import holds_private_key, is_private


@pytest.mark.parametrize(
    "path",
    [
        ".ssh/config", "a/.git/config", "x/.env", "prod.env", "env.local", "key.pem", "KEY.PEM",
        "key.pem.bak", "key.pem~", "key (1).pem", "id_rsa", "id_ed25519.old", "id_rsa (2)",
        "keyrings/x", "Keychains/login.keychain-db", "User Data/Default/Login Data", "logins.json",
        "AppData/Local/x.txt", "vault.kdbx", "home.ovpn", "wallet.dat", "ssh/config", "a.p12.",
        "ke\u200by.pem", "\uff4bey.pem", "\u2024ssh/x",
    ],
)  # fmt: skip
def test_private(path: str) -> None:
    assert is_private(path.split("/"))


@pytest.mark.parametrize(
    "path",
    [
        "tax.pdf", "Cookies/recipe.txt", "Cookies", "keys.txt", "env.md", "environment.txt",
        "id_card.pdf", "id_rsa.pub", "pem notes.txt", "ssh guide.md", "passwords policy.docx",
        "a.b.c", "notes.txt.bak", "Größe.txt", "monkey", "x~",
    ],
)  # fmt: skip
def test_not_private(path: str) -> None:
    assert not is_private(path.split("/"))


def test_the_folder_itself_is_not_private() -> None:
    assert not is_private(())


@pytest.mark.parametrize(
    ("start", "holds"),
    [
        (b"-----BEGIN PRIVATE KEY-----", True), (b"-----BEGIN EC PRIVATE KEY-----", True),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----", True), (b"PuTTY-User-Key-File-3: x", True),
        (b"-----BEGIN PUBLIC KEY-----", False), (b"-----BEGIN CERTIFICATE-----", False),
        (b"how to make a private key", False),
    ],
)  # fmt: skip
def test_a_private_key_is_known_by_its_start(start: bytes, holds: bool) -> None:
    assert holds_private_key(start) is holds

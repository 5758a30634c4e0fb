"""Which files are nobody's business but their owner's: hidden, keys, passwords. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_NAMES = frozenset(
    {
        "authorized_keys", "cert9.db", "client_secret.json", "cookies.sqlite",
        "credentials", "credentials.db", "credentials.json", "formhistory.sqlite",
        "htpasswd", "key3.db", "key4.db", "known_hosts", "local state", "login data",
        "login data for account", "logins.json", "netrc", "pgpass", "secring.gpg", "secrets.json",
        "secrets.yaml", "secrets.yml", "service-account.json", "signons.sqlite",
        "wallet.dat", "web data",
    }
)  # fmt: skip
_FOLDERS = frozenset(
    {
        "appdata", "application support", "gnupg", "keychains", "keyrings", "kwalletd",
        "private-keys-v1.d", "ssh", "user data",
    }
)  # fmt: skip
_ENDINGS = (
    ".env", ".gnupg", ".jks", ".kdb", ".kdbx", ".key", ".keychain", ".keychain-db", ".keyring",
    ".keystore", ".kwl", ".ovpn", ".p12", ".p8", ".pem", ".pfx", ".pkcs12", ".ppk",
)  # fmt: skip
_SSH_KEY = re.compile(r"id_(rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk)(?!\.pub$)")
_ENV_FILE = re.compile(r"env\.(?:local|prod|production|dev|development|staging|test)")
_COPY_ENDINGS = re.compile(r"(?:\.(?:bak|old|orig|save|swp|tmp|copy|txt)|~|\s*\(\d+\))+$")
_COPY_MARKS = re.compile(r"(?:~|\)|bak|old|orig|save|swp|tmp|copy|txt)$")
_PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\APuTTY-User-Key-File-"
)


def is_private(parts: Sequence[str]) -> bool:
    """Whether a file is private by its own name or by the name of a folder above it.

    `parts` are the names from the given folder down. Copies of private files are private too.
    """
    for part in parts:
        plain = _plain(part)
        if plain.startswith(".") or part.startswith(".") or plain in _FOLDERS:
            return True
    return bool(parts) and _is_secret(plain)


def holds_private_key(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a private key, whatever its name."""
    return _PRIVATE_KEY.search(start) is not None


def _is_secret(plain: str) -> bool:
    names = {plain, _COPY_ENDINGS.sub("", plain)} if _COPY_MARKS.search(plain) else {plain}
    return any(
        each in _NAMES
        or each.endswith(_ENDINGS)
        or (each.startswith("id_") and _SSH_KEY.match(each) is not None)
        or (each.startswith("env.") and _ENV_FILE.fullmatch(each) is not None)
        for each in names
    )


def _plain(name: str) -> str:
    """As a careless file system might read it: no case, no compatibility forms, no end of dots."""
    if name.isascii():
        return name.lower().rstrip(". ")
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if unicodedata.category(char) != "Cf").rstrip(". ")

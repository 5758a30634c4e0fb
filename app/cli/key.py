"""`sayso key`: the server's key, into the keyring and out of it, never on the command line."""

from __future__ import annotations

import asyncio
import getpass
import sys

from app.errors import EXIT_OK, AppError, Code
from app.events import KeyPlace
from app.net.address import host_of
from app.paths import Paths
from app.secrets import KeyVault, Secret
from app.settings_store import SettingsStore

_PLACES = {
    KeyPlace.NONE: "There is no key for {host}.",
    KeyPlace.KEYRING: "The key for {host} is in the system's keyring.",
    KeyPlace.ENVIRONMENT: "The key for {host} is in the environment.",
    KeyPlace.THIS_RUN: "The key for {host} is held for this run.",
    KeyPlace.LOCKED: "The keyring is locked; the key for {host} may be in it.",
}


def run(action: str) -> int:
    """Set, forget, or tell where the key of the server in the settings is. Raises AppError."""
    paths = Paths.from_environment()
    settings = SettingsStore(paths.settings_file).load().settings
    host = host_of(settings.server.base_url)
    vault = KeyVault()
    if action == "forget":
        asyncio.run(vault.forget(host))
    elif action == "set" and asyncio.run(vault.store(host, _ask(host))) is not KeyPlace.KEYRING:
        raise AppError(Code.KEYRING_MISSING)
    place = asyncio.run(vault.find(host)).place
    print(_PLACES[place].format(host=host))
    return EXIT_OK


def _ask(host: str) -> Secret:
    if sys.stdin.isatty():
        text = getpass.getpass(f"Key for {host}: ")
    else:
        text = sys.stdin.readline()
    if not text.strip():
        raise AppError(Code.KEY_MISSING, host)
    return Secret(text.strip())

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
from app.services import Service
from app.settings_store import SettingsStore

_PLACES = {
    KeyPlace.NONE: "There is no key for {host}.",
    KeyPlace.KEYRING: "The key for {host} is in the system's keyring.",
    KeyPlace.ENVIRONMENT: "The key for {host} is in the environment.",
    KeyPlace.THIS_RUN: "The key for {host} is held for this run.",
    KeyPlace.LOCKED: "The keyring is locked; the key for {host} may be in it.",
}


def run(action: str, server: str = "") -> int:
    """Set, forget, or tell where a server's key is. Raises AppError.

    Without `server`, an address or origin, it is about the servers in the settings: all of them
    for "where", the common one for the rest.
    """
    paths = Paths.from_environment()
    settings = SettingsStore(paths.settings_file).load().settings
    host = host_of(server or settings.server.base_url)
    vault = KeyVault()
    if action == "forget":
        asyncio.run(vault.forget(host))
    elif action == "set" and asyncio.run(vault.store(host, _ask(host))) is not KeyPlace.KEYRING:
        raise AppError(Code.KEYRING_MISSING)
    used = [settings.address_of(service) for service in Service] + [settings.realtime_address]
    others = [host_of(address) for address in used] if action == "where" and not server else []
    for shown in dict.fromkeys([host, *others]):
        place = asyncio.run(vault.find(shown)).place
        print(_PLACES[place].format(host=shown))
    return EXIT_OK


def _ask(host: str) -> Secret:
    if sys.stdin.isatty():
        text = getpass.getpass(f"Key for {host}: ")
    else:
        text = sys.stdin.readline()
    if not text.strip():
        raise AppError(Code.KEY_MISSING, host)
    return Secret(text.strip())

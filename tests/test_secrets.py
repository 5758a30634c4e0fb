from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.core
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from app import system_keyring
from app.commands import StoreKey
from app.errors import AppError, Code
from app.events import KeyPlace
from app.redaction import redact
from app.secrets import FoundKey, KeyVault, Secret, register_secret
from tests.desk.child import merged
from tests.desk.keyring import PASSWORD, KeyringService
from tests.desk.screen import Screen

KEY = Secret("sk-canary-0123456789abcdefghijklmnop")
OTHER = Secret("sk-other-0123456789abcdefghijklmnop")
HOST = "api.openai.com"
NONE = FoundKey(Secret(""), KeyPlace.NONE)
LOCKED = FoundKey(Secret(""), KeyPlace.LOCKED)


def test_a_secret_shows_itself_to_nobody() -> None:
    command = StoreKey(KEY)
    texts = [repr(KEY), str(KEY), f"{KEY}", f"{KEY:>40}", f"{KEY!r}", repr(command)]
    texts += [repr(FoundKey(KEY, KeyPlace.KEYRING)), str(dataclasses.asdict(command))]
    texts += [str(copy.deepcopy([KEY])), str(vars(type(KEY)))]
    assert not [text for text in texts if "canary" in text]
    with pytest.raises(TypeError):
        pickle.dumps(command)
    with pytest.raises(TypeError):
        json.dumps({"key": KEY})


def test_secrets_compare_by_value_and_do_not_change() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert {Secret("a"), Secret("a")} == {Secret("a")}
    assert not Secret("")
    with pytest.raises(AttributeError):
        KEY._value = "x"


def test_a_registered_secret_is_redacted() -> None:
    register_secret(Secret("correct horse battery"))
    assert redact("it is correct horse battery!") == "it is •••!"


class Scripted(KeyringBackend):
    """A back end that waits until it is told, as one whose user is asked for a password."""

    priority = 5

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.go = threading.Event()
        self.go.set()
        self.error: Exception | None = None

    def _pass(self) -> None:
        self.asked += 1
        assert self.go.wait(10)
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self._pass()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._pass()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._pass()
        del self.entries[service, username]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setattr(system_keyring, "_trusted_backend", lambda: scripted)
    return scripted


async def test_a_stored_key_is_found_again_by_another_run(backend: Scripted) -> None:
    assert await KeyVault({}).store("https://api.openai.com/v1", KEY) is KeyPlace.KEYRING
    assert backend.entries == {("sayso", HOST): KEY.reveal()}
    assert await KeyVault({}).find(HOST) == FoundKey(KEY, KeyPlace.KEYRING)


async def test_a_key_is_for_one_scheme_host_and_port(backend: Scripted) -> None:
    vault = KeyVault({})
    await vault.store("https://h.example:8443/v1", KEY)
    for other in ("https://h.example", "http://h.example:8443", "https://g.h.example:8443", HOST):
        assert await vault.find(other) == NONE
    assert (await vault.find("https://H.example:8443/other")).secret == KEY


async def test_the_keyring_is_asked_once_a_run(backend: Scripted) -> None:
    backend.entries["sayso", HOST] = KEY.reveal()
    vault = KeyVault({})
    found = await asyncio.gather(*(vault.find(HOST) for _ in range(5)))
    found.append(await vault.find(HOST))
    assert found == [FoundKey(KEY, KeyPlace.KEYRING)] * 6
    assert backend.asked == 1


async def test_blanks_around_a_pasted_key_are_dropped(backend: Scripted) -> None:
    await KeyVault({}).store(HOST, Secret(f"  {KEY.reveal()}\n"))
    assert backend.entries["sayso", HOST] == KEY.reveal()


@pytest.mark.parametrize("forgets", ["forget", "store nothing"])
async def test_a_forgotten_key_is_gone_everywhere(backend: Scripted, forgets: str) -> None:
    vault = KeyVault({})
    await vault.store(HOST, KEY)
    if forgets == "forget":
        await vault.forget(HOST)
    else:
        assert await vault.store(HOST, Secret(" ")) is KeyPlace.NONE
    assert backend.entries == {}
    assert await vault.find(HOST) == NONE
    await vault.forget(HOST)


@pytest.mark.parametrize(
    ("environ", "host", "place"),
    [
        ({}, HOST, KeyPlace.ENVIRONMENT),
        ({}, "https://api.openai.com/v1", KeyPlace.ENVIRONMENT),
        ({}, "http://api.openai.com", KeyPlace.NONE),
        ({}, "h.example", KeyPlace.NONE),
        ({"OPENAI_BASE_URL": " "}, HOST, KeyPlace.ENVIRONMENT),
        ({"OPENAI_BASE_URL": "https://h.example/v1"}, "h.example", KeyPlace.ENVIRONMENT),
        ({"OPENAI_BASE_URL": "https://h.example/v1"}, HOST, KeyPlace.NONE),
    ],
)
async def test_the_environment_s_key_is_for_one_host(
    backend: Scripted, environ: dict[str, str], host: str, place: KeyPlace
) -> None:
    found = await KeyVault({"OPENAI_API_KEY": f"{KEY.reveal()}\n", **environ}).find(host)
    assert found.place is place
    assert found.secret == (KEY if place is KeyPlace.ENVIRONMENT else Secret(""))


@pytest.mark.logs("OPENAI_BASE_URL is not an address")
async def test_a_bad_address_in_the_environment_fails_closed(backend: Scripted) -> None:
    environ = {"OPENAI_API_KEY": KEY.reveal(), "OPENAI_BASE_URL": "nonsense here"}
    assert await KeyVault(environ).find(HOST) == NONE


async def test_the_environment_goes_before_the_keyring(backend: Scripted) -> None:
    vault = KeyVault({"OPENAI_API_KEY": KEY.reveal()})
    await vault.store(HOST, OTHER)
    assert await vault.find(HOST) == FoundKey(KEY, KeyPlace.ENVIRONMENT)


async def test_an_address_that_is_none_is_refused(backend: Scripted) -> None:
    for call in (KeyVault({}).find("a b"), KeyVault({}).store("", KEY), KeyVault({}).forget("?")):
        with pytest.raises(AppError) as caught:
            await call
        assert caught.value.code is Code.SERVER_ADDRESS_INVALID
    assert backend.asked == 0


async def test_a_wait_for_the_user_can_be_cancelled_and_joined(backend: Scripted) -> None:
    backend.entries["sayso", HOST] = KEY.reveal()
    backend.go.clear()
    vault = KeyVault({})
    first = asyncio.ensure_future(vault.find(HOST))
    while not backend.asked:
        await asyncio.sleep(0.001)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.ensure_future(vault.find(HOST))
    await asyncio.sleep(0)
    backend.go.set()
    assert await second == FoundKey(KEY, KeyPlace.KEYRING)
    assert backend.asked == 1


async def test_a_key_forgotten_during_a_look_up_does_not_come_back(backend: Scripted) -> None:
    backend.entries["sayso", HOST] = KEY.reveal()
    backend.go.clear()
    vault = KeyVault({})
    finding = asyncio.ensure_future(vault.find(HOST))
    while not backend.asked:
        await asyncio.sleep(0.001)
    forgetting = asyncio.ensure_future(vault.forget(HOST))
    await asyncio.sleep(0)
    backend.go.set()
    await forgetting
    await finding
    assert await vault.find(HOST) == NONE


async def test_a_key_that_is_being_deleted_is_not_found(backend: Scripted) -> None:
    backend.entries["sayso", HOST] = KEY.reveal()
    vault = KeyVault({})
    assert await vault.find(HOST) == FoundKey(KEY, KeyPlace.KEYRING)
    backend.go.clear()
    forgetting = asyncio.ensure_future(vault.forget(HOST))
    await asyncio.sleep(0)
    assert await vault.find(HOST) == NONE
    backend.go.set()
    await forgetting
    assert await vault.find(HOST) == NONE


async def test_changes_reach_the_keyring_in_their_order(backend: Scripted) -> None:
    vault = KeyVault({})
    for _ in range(20):
        changes = [vault.store(HOST, KEY), vault.forget(HOST), vault.store(HOST, OTHER)]
        await asyncio.gather(*(asyncio.ensure_future(change) for change in changes))
        assert backend.entries["sayso", HOST] == OTHER.reveal()


async def test_a_locked_keyring_says_so_and_the_key_holds_for_this_run(backend: Scripted) -> None:
    backend.error = keyring.errors.KeyringLocked(f"locked {KEY.reveal()}")
    vault = KeyVault({})
    for call in (vault.find(HOST), vault.forget(HOST), vault.store(HOST, KEY)):
        with pytest.raises(AppError) as caught:
            await call
        assert caught.value.code is Code.KEYRING_LOCKED
    assert await vault.find(HOST) == FoundKey(KEY, KeyPlace.THIS_RUN)


async def test_a_keyring_that_waits_for_its_user_counts_as_empty_for_now(
    backend: Scripted,
) -> None:
    backend.entries["sayso", HOST] = KEY.reveal()
    backend.go.clear()
    vault = KeyVault({})
    assert await vault.find_soon(HOST, 0.01) == LOCKED
    assert await vault.find_soon(HOST, 0.01) == LOCKED
    backend.go.set()
    assert await vault.find(HOST) == FoundKey(KEY, KeyPlace.KEYRING)
    assert backend.asked == 1
    assert await vault.find_soon(HOST, 0.01) == FoundKey(KEY, KeyPlace.KEYRING)


async def test_a_locked_keyring_counts_as_empty_where_a_key_is_not_needed(
    backend: Scripted,
) -> None:
    backend.error = keyring.errors.KeyringLocked("locked")
    vault = KeyVault({})
    assert await vault.find_soon(HOST, 5.0) == LOCKED
    backend.error = None
    assert await vault.find_soon(HOST, 5.0) == NONE


async def test_where_a_key_is_is_told_once_the_keyring_answers(backend: Scripted) -> None:
    backend.entries["sayso", HOST] = KEY.reveal()
    backend.go.clear()
    vault, told = KeyVault({}), list[KeyPlace]()
    vault.tell(HOST, told.append)
    vault.tell(HOST, told.append)
    await asyncio.sleep(0.01)
    assert told == []
    backend.go.set()
    await vault.find(HOST)
    await asyncio.sleep(0)
    assert told == [KeyPlace.KEYRING] * 2
    vault.tell(HOST, told.append)
    assert told == [KeyPlace.KEYRING] * 3
    assert backend.asked == 1


async def test_a_key_stored_meanwhile_is_told_instead(backend: Scripted) -> None:
    backend.go.clear()
    vault, told = KeyVault({}), list[KeyPlace]()
    vault.tell(HOST, told.append)
    storing = asyncio.ensure_future(vault.store(HOST, KEY))
    await asyncio.sleep(0.01)
    backend.go.set()
    await storing
    while not told:
        await asyncio.sleep(0.001)
    assert set(told) <= {KeyPlace.THIS_RUN, KeyPlace.KEYRING}


async def test_a_locked_keyring_is_told_as_that(backend: Scripted) -> None:
    backend.error = keyring.errors.KeyringLocked("locked")
    told = list[KeyPlace]()
    KeyVault({}).tell(HOST, told.append)
    while not told:
        await asyncio.sleep(0.001)
    assert told == [KeyPlace.LOCKED]


@pytest.mark.logs("The keyring failed: OSError")
async def test_a_keyring_that_fails_is_none(backend: Scripted) -> None:
    backend.error = OSError("bus gone")
    vault = KeyVault({})
    assert await vault.find(HOST) == NONE
    assert await vault.store(HOST, KEY) is KeyPlace.THIS_RUN
    assert await vault.find(HOST) == FoundKey(KEY, KeyPlace.THIS_RUN)
    await vault.forget(HOST)
    assert await vault.find(HOST) == NONE


class Plain(Scripted):
    """Stands for `keyrings.alt`, whose files are plain text."""


Plain.__module__ = "keyrings.alt.file"


@pytest.fixture
def own_keyring() -> Iterator[None]:
    before = keyring.core._keyring_backend
    yield
    keyring.core._keyring_backend = before


def _chain(*members: KeyringBackend) -> KeyringBackend:
    kind = type("Chain", (chainer.ChainerBackend,), {"backends": list(members)})
    chain: KeyringBackend = kind()
    return chain


@pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, Plain, lambda: _chain(Plain())])
async def test_untrusted_keyrings_get_nothing(
    own_keyring: None, kind: Callable[[], KeyringBackend]
) -> None:
    chosen = kind()
    keyring.set_keyring(chosen)
    vault = KeyVault({})
    assert await vault.store(HOST, KEY) is KeyPlace.THIS_RUN
    assert await vault.find(HOST) == FoundKey(KEY, KeyPlace.THIS_RUN)
    assert await KeyVault({}).find(HOST) == NONE
    assert getattr(chosen, "entries", {}) == {}


async def test_of_a_chain_only_trusted_members_are_used(
    own_keyring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, safe = Plain(), Scripted()
    monkeypatch.setattr(system_keyring, "_SAFE_BACKENDS", {Scripted.__module__})
    keyring.set_keyring(_chain(plain, safe))
    assert await KeyVault({}).store(HOST, KEY) is KeyPlace.KEYRING
    assert (plain.entries, len(safe.entries)) == ({}, 1)


_CHILD = """
import asyncio, sys
from app.errors import AppError
from app.secrets import KeyVault, Secret

async def main():
    vault = KeyVault({})
    for step in sys.argv[1:]:
        try:
            if step == "store":
                print(await vault.store("https://h.example/v1", Secret("sk-ä漢-0123456789")))
            elif step == "cancel":
                finding = asyncio.ensure_future(vault.find("h.example"))
                await asyncio.to_thread(sys.stdin.readline)
                finding.cancel()
                await asyncio.wait([finding])
                print(finding.cancelled())
            elif step == "find":
                found = await vault.find("h.example")
                print(found.place, found.secret.reveal())
            else:
                print(await vault.forget("h.example"))
        except AppError as error:
            print(error.code)

asyncio.run(main())
"""


@contextlib.contextmanager
def _started(environment: dict[str, str], *steps: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, *steps],
        env=environment,
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def _child(environment: dict[str, str], *steps: str) -> list[str]:
    with _started(environment, *steps) as child:
        output, _ = child.communicate(timeout=60)
        assert child.returncode == 0
    return output.splitlines()


@pytest.mark.desk
def test_a_real_keyring_keeps_the_key(keyring_service: KeyringService) -> None:
    environment = merged(keyring_service.environment)
    assert _child(environment, "find", "store", "find") == [
        "none ",
        "keyring",
        "keyring sk-ä漢-0123456789",
    ]
    assert _child(environment, "find", "forget", "find", "forget") == [
        "keyring sk-ä漢-0123456789",
        "None",
        "none ",
        "None",
    ]
    assert _child(environment, "find") == ["none "]


@pytest.mark.desk
def test_a_real_keyring_that_is_locked_says_so(locked_keyring_service: KeyringService) -> None:
    environment = merged(locked_keyring_service.environment)
    assert _child(environment, "find", "store", "find", "forget") == [
        "keyring_locked",
        "keyring_locked",
        "this_run sk-ä漢-0123456789",
        "keyring_locked",
    ]


@pytest.fixture
def asking_keyring(screen: Screen) -> Iterator[KeyringService]:
    """A locked keyring that asks for its password on the screen."""
    with contextlib.closing(KeyringService(locked=True, around=screen.environment)) as service:
        yield service


@pytest.mark.desk
def test_a_key_comes_when_its_user_unlocks_the_keyring(
    asking_keyring: KeyringService, screen: Screen
) -> None:
    with _started(merged(asking_keyring.environment), "store", "find") as child:
        screen.wait_for_active("Unlock")
        screen.xdotool("type", PASSWORD)
        screen.xdotool("key", "Return")
        output, _ = child.communicate(timeout=30)
    assert output.splitlines() == ["keyring", "keyring sk-ä漢-0123456789"]


@pytest.mark.desk
def test_a_program_ends_although_the_keyring_still_asks(
    asking_keyring: KeyringService, screen: Screen
) -> None:
    with _started(merged(asking_keyring.environment), "cancel") as child:
        screen.wait_for_active("Unlock")
        output, _ = child.communicate("go\n", timeout=30)
        assert child.returncode == 0
    assert output.splitlines() == ["True"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        {"PYTHON_KEYRING_BACKEND": "no.such.Backend"},
    ],
)
def test_without_a_bus_keys_are_for_this_run(more: dict[str, Any], tmp_path: Path) -> None:
    environment = merged({"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}, more)
    environment.pop("DBUS_SESSION_BUS_ADDRESS")
    environment["XDG_RUNTIME_DIR"] = str(tmp_path)
    steps = ["find", "store", "find", "forget", "find"]
    assert _child(environment, *steps) == [
        "none ",
        "this_run",
        "this_run sk-ä漢-0123456789",
        "None",
        "none ",
    ]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if b"0123456789" in path.read_bytes()]

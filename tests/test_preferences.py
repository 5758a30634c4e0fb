"""Settings and keys as the core changes and tells them; the file is real, the keyring scripted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app import events, system_keyring
from app.errors import AppError, Code
from app.events import KeyPlace, KeyStatus
from app.notices import NoticeBoard
from app.preferences import Preferences
from app.secrets import KeyVault, Secret
from app.settings import OPENAI_BASE_URL, Settings, changed
from app.settings_store import SettingsStore

KEY = "gsk-canary-0123456789abcdefghijklmnop"
GROQ = "https://api.groq.com/openai/v1"
OLLAMA = "http://127.0.0.1:11434/v1"


class Keyring:
    """Stands for the system's keyring; `locked` makes it wait for its user."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.open = threading.Event()
        self.open.set()
        self.refuses = False

    def get_password(self, service: str, username: str) -> str | None:
        assert self.open.wait(10)
        if self.refuses:
            raise KeyringLocked
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[username]


class KeyringLocked(Exception):
    pass


class Told:
    def __init__(self, folder: Path, settings: Settings) -> None:
        self.events: list[events.Event] = []
        self.vault = KeyVault({})
        self.file = folder / "settings.toml"
        self.preferences = Preferences(
            SettingsStore(self.file), self.vault, NoticeBoard(self.events.append), settings,
            self.events.append,
        )  # fmt: skip

    @property
    def keys(self) -> dict[str, KeyPlace]:
        return {one.host: one.place for one in self.events if isinstance(one, KeyStatus)}

    @property
    def notices(self) -> list[Code]:
        return [one.code for one in self.events if isinstance(one, events.Notice)]


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.001)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    scripted = Keyring()
    monkeypatch.setattr(system_keyring, "_trusted_backend", lambda: scripted)
    return scripted


def apart() -> Settings:
    return changed(
        Settings(),
        {
            "chat.source": "server",
            "chat.base_url": OLLAMA,
            "transcription.source": "server",
            "transcription.base_url": GROQ,
        },
    )


async def test_every_host_in_use_is_told_of(keyring: Keyring, tmp_path: Path) -> None:
    keyring.entries["api.groq.com"] = KEY
    told = Told(tmp_path, apart())
    told.preferences.publish()
    await told.preferences.publish_keys()
    await until(lambda: len(told.keys) == 3)
    assert told.keys == {
        "api.openai.com": KeyPlace.NONE,
        "api.groq.com": KeyPlace.KEYRING,
        "http://127.0.0.1:11434": KeyPlace.NONE,
    }
    assert told.notices == []


async def test_a_keyring_that_asks_its_user_holds_up_nothing(
    keyring: Keyring, tmp_path: Path
) -> None:
    keyring.entries["api.groq.com"] = KEY
    keyring.open.clear()
    told = Told(tmp_path, apart())
    told.preferences.publish()
    await told.preferences.publish_keys()
    assert any(isinstance(event, events.SettingsChanged) for event in told.events)
    await told.preferences.change({"audio.hangover_ms": 900})
    assert told.keys == {}
    keyring.open.set()
    await until(lambda: len(told.keys) == 3)
    assert told.keys["api.groq.com"] is KeyPlace.KEYRING


@pytest.mark.parametrize(
    ("base_url", "codes"),
    [(OLLAMA, []), ("http://box.lan:8000/v1", []), (GROQ, [Code.KEYRING_LOCKED])],
)
async def test_a_locked_keyring_is_said_only_for_a_server_that_is_far(
    keyring: Keyring, tmp_path: Path, base_url: str, codes: list[Code]
) -> None:
    keyring.refuses = True
    settings = changed(Settings(), {"chat.source": "server", "chat.base_url": base_url})
    told = Told(tmp_path, settings)
    told.preferences.publish()
    await told.preferences.publish_keys()
    await until(lambda: len(told.keys) == 2)
    assert set(told.keys.values()) == {KeyPlace.LOCKED}
    assert told.notices == codes


async def test_what_is_built_in_needs_no_keyring(keyring: Keyring, tmp_path: Path) -> None:
    keyring.refuses = True
    told = Told(tmp_path, Settings())
    told.preferences.publish()
    await told.preferences.publish_keys()
    await until(lambda: told.keys)
    assert told.notices == []


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("api.groq.com", "api.groq.com"),
        (GROQ, "api.groq.com"),
        ("", "api.openai.com"),
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434"),
    ],
)
async def test_a_key_is_kept_for_the_host_it_was_entered_for(
    keyring: Keyring, tmp_path: Path, host: str, origin: str
) -> None:
    told = Told(tmp_path, apart())
    await told.preferences.store_key(Secret(KEY), host)
    assert keyring.entries == {origin: KEY}
    assert told.keys == {origin: KeyPlace.KEYRING}
    for other in {"api.openai.com", "api.groq.com", "http://127.0.0.1:11434"} - {origin}:
        assert not (await told.vault.find(other)).secret
    await told.preferences.store_key(Secret(""), host)
    assert keyring.entries == {}
    await until(lambda: told.keys == {origin: KeyPlace.NONE})


async def test_a_key_for_no_host_is_refused(keyring: Keyring, tmp_path: Path) -> None:
    told = Told(tmp_path, Settings())
    with pytest.raises(AppError) as caught:
        await told.preferences.store_key(Secret(KEY), "not a host")
    assert caught.value.code is Code.SERVER_ADDRESS_INVALID
    assert keyring.entries == {}


async def test_a_key_is_in_no_event_and_no_file(keyring: Keyring, tmp_path: Path) -> None:
    told = Told(tmp_path, apart())
    told.preferences.publish()
    await told.preferences.publish_keys()
    for host in ("", GROQ, OLLAMA):
        await told.preferences.store_key(Secret(KEY), host)
    await told.preferences.change({"chat.model": "m"})
    await until(lambda: len(told.keys) == 3)
    assert "canary" not in repr(told.events)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"canary" not in kept
    assert b"groq" in kept


async def test_a_bad_address_is_said_where_it_is_used(keyring: Keyring, tmp_path: Path) -> None:
    told = Told(tmp_path, changed(Settings(), {"server.base_url": "no address"}))
    told.preferences.publish()
    await told.preferences.publish_keys()
    assert told.notices == []
    await told.preferences.change({"chat.source": "server"})
    assert told.notices == []  # said when it is used
    await told.preferences.change({"chat.base_url": "worse still"})
    assert told.notices == [Code.SERVER_ADDRESS_INVALID]


async def test_a_change_of_one_address_tells_of_its_key(keyring: Keyring, tmp_path: Path) -> None:
    told = Told(tmp_path, Settings())
    await told.preferences.change({"speech.base_url": GROQ, "speech.source": "server"})
    await until(lambda: "api.groq.com" in told.keys)
    assert told.preferences.settings.server.base_url == OPENAI_BASE_URL

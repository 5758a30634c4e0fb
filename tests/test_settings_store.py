from __future__ import annotations

import contextlib
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings, strategies as st

from app.errors import AppError, Code
from app.services import Service
from app.settings import Fallback, Settings, Source, changed
from app.settings_file import SCHEMA_VERSION
from app.settings_store import Loaded, SettingsStore

pytestmark = pytest.mark.logs("settings")

GOOD = changed(Settings(), {"chat.model": "gpt-4o", "audio.hangover_ms": 900})
BETTER = changed(GOOD, {"chat.model": "gpt-6-luna", "speech.aloud": False})


FIRST_VERSION = """\
schema_version = 1
# mine

[general]
first_run_done = true
unknown = 1

[chat]
source = "server"
model = "qwen"

[transcription]
source = "server"
model = ""
language = "de"

[speech]
source = "built_in"
model = ""
voice = ""
aloud = true

[server]
base_url = "http://box.lan:8000/v1"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


@pytest.fixture
def store(path: Path) -> SettingsStore:
    path.parent.mkdir()
    return SettingsStore(path)


def _aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("settings.toml.broken-*"))


def test_there_is_no_file_at_first(path: Path) -> None:
    assert SettingsStore(path).load() == Loaded(Settings(), None)
    assert not path.parent.exists()


def test_what_is_saved_is_loaded(path: Path) -> None:
    SettingsStore(path).save(GOOD)
    assert SettingsStore(path).load() == Loaded(GOOD, None)
    assert tomllib.loads(path.read_text())["chat"]["model"] == "gpt-4o"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_one_before_is_kept(store: SettingsStore, path: Path) -> None:
    for value in (GOOD, BETTER, BETTER):
        store.save(value)
    assert store.load().settings == BETTER
    assert SettingsStore(path.with_name("settings.toml.bak")).load().settings == GOOD
    assert len(list(path.parent.iterdir())) == 2


def test_a_reader_sees_the_old_file_or_the_new_one(store: SettingsStore, path: Path) -> None:
    store.save(GOOD)
    before = path.read_bytes()
    with path.open("rb") as reader:
        store.save(BETTER)
        assert reader.read() == before


def test_comments_and_unknown_keys_stay(store: SettingsStore, path: Path) -> None:
    path.write_text(
        '# mine\nfuture = [1, 2]\n\n[chat]\nmodel = "a"  # the best\nstyle = "terse"\n\n'
        "[plugins.weather]\ncity = 'Paris'\n"
    )
    store.save(changed(store.load().settings, {"chat.model": "b"}))
    text = path.read_text()
    assert "# mine" in text
    assert 'model = "b"  # the best' in text
    raw = tomllib.loads(text)
    assert (raw["future"], raw["chat"]["style"]) == ([1, 2], "terse")
    assert raw["plugins"] == {"weather": {"city": "Paris"}}


@pytest.mark.parametrize(
    ("text", "bad", "kept"),
    [
        ("[audio]\nhangover_ms = 5\nbarge_in = false", ["audio.hangover_ms"], "audio.barge_in"),
        ("[audio]\nhangover_ms = 'x'\necho = 'loud'", ["audio.echo", "audio.hangover_ms"], None),
        ("chat = 5\n[speech]\naloud = false", ["chat"], "speech.aloud"),
        ("[chat]\nsource = 'moon'\nmodel = 'm'", ["chat.source"], "chat.model"),
        ("[[chat]]\nmodel = 'm'\n[speech]\naloud = false", ["chat"], "speech.aloud"),
    ],
)
def test_only_a_bad_value_falls_back(
    store: SettingsStore, path: Path, text: str, bad: list[str], kept: str | None
) -> None:
    path.write_text(text)
    loaded = store.load()
    assert loaded.problem is not None
    assert loaded.problem.code is Code.SETTINGS_BROKEN
    assert loaded.problem.detail == f"the default for {', '.join(bad)}"
    differing = {
        f"{section}.{name}"
        for section, values in loaded.settings.model_dump().items()
        if isinstance(values, dict)
        for name, value in values.items()
        if value != Settings().model_dump()[section][name]
    }
    assert differing == ({kept} if kept else set())
    store.load()
    (copy,) = _aside(path)
    assert copy.read_text() == text
    assert path.read_text() == text
    store.save(loaded.settings)
    assert store.load() == Loaded(loaded.settings, None)


BROKEN = {
    "garbage": b"\x00\xff\xfe garbage \x80",
    "not TOML": b"chat = {",
    "UTF-16": "chat = 1".encode("utf-16"),
    "deep": b"x = " + b"[" * 100_000,
    "huge number": b"x = " + b"9" * 5000,
    "duplicate": b"[chat]\n[chat]\n",
    "noise": random.Random(1).randbytes(10_000_000),
    "long": b"# " + b"x" * 10_000_000,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("backup", [True, False])
def test_a_broken_file_gives_way_to_the_last_good_one(
    store: SettingsStore, path: Path, content: bytes, backup: bool
) -> None:
    if backup:
        store.save(GOOD)
        store.save(BETTER)
    path.write_bytes(content)
    loaded = store.load()
    assert loaded.settings == (GOOD if backup else Settings())
    assert loaded.problem is not None
    assert loaded.problem.code is Code.SETTINGS_BROKEN
    assert ("last good" in loaded.problem.detail) == backup
    (copy,) = _aside(path)
    assert copy.read_bytes() == content
    assert store.load() == Loaded(loaded.settings, None)
    store.save(BETTER)
    assert store.load() == Loaded(BETTER, None)


@pytest.mark.parametrize("obstacle", ["folder", "pipe", "loop"])
def test_what_is_no_file_is_put_aside(store: SettingsStore, path: Path, obstacle: str) -> None:
    store.save(GOOD)
    store.save(BETTER)
    path.unlink()
    if obstacle == "folder":
        (path / "inside").mkdir(parents=True)
    elif obstacle == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path.name)
    loaded = store.load()
    assert loaded.settings == GOOD
    assert loaded.problem is not None
    assert len(_aside(path)) == 1
    store.save(BETTER)
    assert store.load() == Loaded(BETTER, None)


def test_both_files_broken_leave_the_defaults(store: SettingsStore, path: Path) -> None:
    path.write_text("[")
    path.with_name("settings.toml.bak").write_text("[")
    assert store.load().settings == Settings()


def test_a_file_of_a_newer_version_is_read_and_never_written(
    store: SettingsStore, path: Path
) -> None:
    text = f"schema_version = {SCHEMA_VERSION + 1}\n[chat]\nmodel = 'm'\nsource = 'telepathy'\n"
    path.write_text(text)
    loaded = store.load()
    assert loaded.settings.chat.model == "m"
    assert loaded.settings.chat.source is Source.BUILT_IN
    assert loaded.problem is not None
    assert loaded.problem.code is Code.SETTINGS_UNWRITABLE
    assert "newer version" in loaded.problem.message
    for one in (store, SettingsStore(path)):
        with pytest.raises(AppError) as caught:
            one.save(GOOD)
        assert caught.value.code is Code.SETTINGS_UNWRITABLE
    assert path.read_text() == text


@pytest.mark.parametrize("version", ["'x'", "0", "-1", "1.5", "true"])
def test_an_odd_version_is_ours(store: SettingsStore, path: Path, version: str) -> None:
    path.write_text(f"schema_version = {version}\n[chat]\nmodel = 'm'\n")
    loaded = store.load()
    assert (loaded.settings.chat.model, loaded.problem) == ("m", None)
    assert loaded.settings.schema_version == SCHEMA_VERSION


def test_a_file_of_the_first_version_means_what_it_meant(store: SettingsStore, path: Path) -> None:
    path.write_text(FIRST_VERSION)
    settings, problem = store.load().settings, store.load().problem
    assert problem is None
    assert {settings.address_of(service) for service in Service} == {"http://box.lan:8000/v1"}
    assert settings.source_of(Service.CHAT) is Source.SERVER
    assert settings.source_of(Service.SPEECH) is Source.BUILT_IN
    assert settings.model_of(Service.CHAT) == "qwen"
    assert settings.speech.speed == 1.0
    assert settings.general.fallback is Fallback.BUILT_IN
    store.save(changed(settings, {"speech.base_url": "https://api.openai.com/v1"}))
    text = path.read_text()
    assert "# mine" in text
    assert "unknown = 1" in text
    table = tomllib.loads(text)
    assert table["schema_version"] == SCHEMA_VERSION
    assert table["chat"]["base_url"] == ""
    assert table["speech"]["base_url"] == "https://api.openai.com/v1"
    assert store.load().settings.address_of(Service.CHAT) == "http://box.lan:8000/v1"


def test_bad_values_of_one_service_leave_the_others_alone(store: SettingsStore, path: Path) -> None:
    path.write_text(
        "[speech]\nspeed = 9.0\nvoice = 'alloy'\n[transcription]\nvocabulary = [1, 2]\n"
        "[chat]\nbase_url = 'http://localhost:1/v1'\n"
    )
    loaded = store.load()
    assert loaded.settings.speech.speed == 1.0
    assert loaded.settings.speech.voice == "alloy"
    assert loaded.settings.transcription.vocabulary == ()
    assert loaded.settings.chat.base_url == "http://localhost:1/v1"
    assert loaded.problem is not None


def test_a_byte_order_mark_is_no_harm(store: SettingsStore, path: Path) -> None:
    path.write_text("\ufeff[chat]\r\nmodel = 'm'\r\n", encoding="utf-8", newline="")
    assert store.load().settings.chat.model == "m"
    store.save(GOOD)
    assert store.load() == Loaded(GOOD, None)


def test_a_linked_file_stays_a_link(store: SettingsStore, path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "sayso.toml"
    path.symlink_to(real)
    store.save(GOOD)
    assert path.is_symlink()
    assert SettingsStore(real).load().settings == GOOD


def test_stray_temporary_files_are_swept_but_young_ones_left(
    store: SettingsStore, path: Path
) -> None:
    old = path.with_name(".settings.toml.abc.tmp")
    young = path.with_name(".settings.toml.bak.def.tmp")
    other = path.with_name(".other.abc.tmp")
    for file in (old, young, other):
        file.touch()
    for file in (old, other):
        os.utime(file, (time.time() - 100,) * 2)
    store.load()
    assert [file.exists() for file in (old, young, other)] == [False, True, True]


@pytest.mark.parametrize("obstacle", ["folder in its place", "file for a folder", "full disk"])
def test_what_cannot_be_saved_says_why(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "settings.toml"
    if obstacle == "folder in its place":
        path.mkdir()
    elif obstacle == "file for a folder":
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "settings.toml"
    else:
        path = Path("/proc/sayso/settings.toml")
    with pytest.raises(AppError) as caught:
        SettingsStore(path).save(GOOD)
    assert caught.value.code is Code.SETTINGS_UNWRITABLE
    assert caught.value.detail
    assert not list(tmp_path.glob("*.tmp"))
    assert isinstance(SettingsStore(path).load(), Loaded)


_AS_NOBODY = """
import os, sys
from pathlib import Path
from app.errors import AppError
from app.settings import Settings
from app.settings_store import SettingsStore
os.setgid(65534); os.setuid(65534)
store = SettingsStore(Path(sys.argv[1]))
loaded = store.load()
print(loaded.settings == Settings(), loaded.problem and loaded.problem.code)
try:
    store.save(Settings())
    print("saved")
except AppError as error:
    print(error.code, error.detail)
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize(
    ("folder_mode", "lines"),
    [
        (0o777, ["True settings_broken", "saved"]),
        (0o555, ["True settings_broken", "settings_unwritable Permission denied"]),
        (0o000, ["True settings_broken", "settings_unwritable Permission denied"]),
    ],
)
def test_without_rights_it_starts_all_the_same(folder_mode: int, lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        config = folder / "config"
        config.mkdir()
        file = config / "settings.toml"
        SettingsStore(file).save(GOOD)
        file.chmod(0o000)
        config.chmod(folder_mode)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(file)],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
        config.chmod(0o700)
        assert done.stdout.splitlines() == lines
        file.unlink(missing_ok=True)


def test_threads_may_save_at_once(store: SettingsStore, path: Path) -> None:
    values = [changed(GOOD, {"chat.model": f"m{number}"}) for number in range(8)]
    threads = [threading.Thread(target=store.save, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.load().settings in values
    assert store.load().problem is None


_TEXTS = st.text(max_size=20)
_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(["schema_version", *Settings.model_fields])
_FIELDS = st.sampled_from(
    [
        name
        for field in ("chat", "audio", "speech")
        for name in getattr(Settings(), field).model_dump()
    ]
)


def _written(table: Mapping[str, Any]) -> bytes:
    return tomlkit.dumps(table).encode()


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(str.encode)
    | st.text("[]{}=.,\"'# \n\tachtmodelspi015-:T", max_size=80).map(str.encode)
    | st.dictionaries(_NAMES, st.dictionaries(_FIELDS, _VALUES, max_size=4) | _VALUES).map(_written)
)
def test_no_file_is_too_odd(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "settings.toml"
        path.write_bytes(content)
        store = SettingsStore(path)
        loaded = store.load()
        assert isinstance(loaded.settings, Settings)
        with contextlib.suppress(AppError):
            store.save(BETTER)
            assert store.load() == Loaded(BETTER, None)


_SAVER = """
import sys
from pathlib import Path
from app.settings import Settings, changed
from app.settings_store import SettingsStore
store, number = SettingsStore(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
while True:
    number += 1
    store.save(changed(Settings(), {"chat.model": f"m{number}" * 500}))
"""


def test_a_kill_while_saving_loses_nothing(path: Path) -> None:
    seen = 0
    for kill in range(10):
        command = [sys.executable, "-c", _SAVER, str(path), str(1000 * kill)]
        child = subprocess.Popen(
            command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        with child, child.stdout:
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.02 * kill)
            child.send_signal(signal.SIGKILL)
        loaded = SettingsStore(path).load()
        assert loaded.problem is None
        number, copies = loaded.settings.chat.model[1:].split("m")[0], 500
        assert loaded.settings.chat.model in ("", f"m{number}" * copies)
        seen = max(seen, int(number or 0))
    assert seen > 0
    assert not _aside(path)

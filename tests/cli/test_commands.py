"""The small commands of the terminal front end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_talk_files import sayso
from tests.desk.keyring import KeyringService
from tests.desk.sound import SoundServer
from tests.flows.running import ROOT

HEAVY = ("PySide6", "numpy", "openai", "keyring", "pydantic", "sounddevice")


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, app.__main__ as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"
    assert "exit codes" in done.stdout


def test_every_page_of_the_manual_can_be_read(tmp_path: Path) -> None:
    listed = sayso("help", home=tmp_path)
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert {"start", "talking", "built-in", "providers", "privacy", "terminal", "errors"} <= set(
        names
    )
    for name in names:
        assert sayso("help", name, home=tmp_path).stdout.startswith("# ")
    assert sayso("help", "nothing", home=tmp_path).returncode == 2


def test_settings_are_shown_and_changed_by_name(tmp_path: Path) -> None:
    assert "chat.source = built_in" in sayso("config", home=tmp_path).stdout
    assert sayso("config", "audio.hangover_ms", "900", home=tmp_path).returncode == 0
    assert sayso("config", "audio.hangover_ms", home=tmp_path).stdout == "audio.hangover_ms = 900\n"


@pytest.mark.parametrize(
    ("name", "value"), [("audio.hangover_ms", "5"), ("chat.source", "nobody"), ("no.such", "1")]
)
def test_a_value_that_is_none_changes_nothing(tmp_path: Path, name: str, value: str) -> None:
    done = sayso("config", name, value, home=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "audio.hangover_ms = 700" in sayso("config", home=tmp_path).stdout


def test_a_list_of_words_is_set_and_shown_in_one_line(tmp_path: Path) -> None:
    sayso("config", "transcription.vocabulary", "Anna, Kubernetes", home=tmp_path)
    shown = sayso("config", "transcription.vocabulary", home=tmp_path).stdout
    assert shown == "transcription.vocabulary = Anna, Kubernetes\n"


def test_services_are_tested_by_name_or_all(tmp_path: Path) -> None:
    done = sayso("config", "test", home=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")] == [
        "chat", "transcription", "speech",
    ]  # fmt: skip
    assert "  “what time is it”" in lines
    assert sayso("config", "test", "nothing", home=tmp_path).returncode == 2


def test_a_service_that_does_not_work_says_why(tmp_path: Path) -> None:
    sayso("config", "chat.source", "server", home=tmp_path)
    sayso("config", "chat.base_url", "http://127.0.0.1:9/v1", home=tmp_path)
    done = sayso("config", "test", "chat", home=tmp_path)
    assert done.returncode == 4
    assert "127.0.0.1:9 cannot be reached." in done.stdout
    assert "Traceback" not in done.stderr
    assert sayso("config", "test", "speech", home=tmp_path).returncode == 0


@pytest.mark.desk
def test_each_server_has_its_own_key(keyring_service: KeyringService, tmp_path: Path) -> None:
    around = keyring_service.environment
    sayso("config", "transcription.base_url", "https://api.groq.com/openai/v1", home=tmp_path)
    command = [sys.executable, "-m", "app", "key", "set", "https://api.groq.com/openai/v1"]
    done = subprocess.run(
        command, input="gsk-canary-0123456789\n", cwd=ROOT, capture_output=True, text=True,
        timeout=60, env={"PATH": "/usr/bin:/bin", **around, "SAYSO_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where = sayso("key", "where", home=tmp_path, **around)
    assert where.stdout == (
        "There is no key for api.openai.com.\n"
        "The key for api.groq.com is in the system's keyring.\n"
    )
    assert sayso("key", "forget", "api.groq.com", home=tmp_path, **around).returncode == 0
    where = sayso("key", "where", "api.groq.com", home=tmp_path, **around)
    assert where.stdout == "There is no key for api.groq.com.\n"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"canary" not in kept


@pytest.mark.desk
def test_devices_are_listed(sound: SoundServer, tmp_path: Path) -> None:
    done = sayso("devices", "--json", home=tmp_path, **sound.environment)
    devices = {row["id"]: row for row in json.loads(done.stdout)}
    assert devices["mic"] == {
        "id": "mic", "label": "Microphone", "direction": "input", "default": True
    }  # fmt: skip
    assert devices["speakers"]["direction"] == "output"
    assert not any(name.endswith(".monitor") for name in devices)
    assert "* Microphone" in sayso("devices", home=tmp_path, **sound.environment).stdout


@pytest.mark.desk
def test_a_key_goes_into_the_keyring_and_out_of_it(
    keyring_service: KeyringService, tmp_path: Path
) -> None:
    around = keyring_service.environment
    command = [sys.executable, "-m", "app", "key", "set"]
    done = subprocess.run(
        command, input="sk-canary-0123456789\n", cwd=ROOT, capture_output=True, text=True,
        timeout=60, env={"PATH": "/usr/bin:/bin", **around, "SAYSO_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where = sayso("key", "where", home=tmp_path, **around)
    assert where.stdout == "The key for api.openai.com is in the system's keyring.\n"
    assert sayso("key", "forget", home=tmp_path, **around).returncode == 0
    where = sayso("key", "where", home=tmp_path, **around)
    assert where.stdout == "There is no key for api.openai.com.\n"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"sk-canary" not in kept


def test_without_a_keyring_a_key_is_not_written_anywhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "key", "set"], input="sk-canary-0123456789\n", cwd=ROOT,
        capture_output=True, text=True, timeout=60,
        env={
            "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SAYSO_HOME": str(tmp_path / "home"),
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        },
    )  # fmt: skip
    assert done.returncode == 3
    assert "no keyring" in done.stderr
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"sk-canary" not in kept

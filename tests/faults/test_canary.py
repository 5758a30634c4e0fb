"""A whole run of the app while servers quote the key: it turns up nowhere."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.desk.relay import InThread
from tests.desk.sound import SoundServer
from tests.desk.speech import save, say
from tests.desk.waiting import wait_until
from tests.faults.api import Service
from tests.faults.canary import CANARY, QUOTING, Processes, hits, hits_in_files
from tests.faults.server import ApiServer
from tests.faults.whole import settings_for
from tests.flows.running import ROOT, RunningSayso

_LOUD = {"OPENAI_LOG": "debug", "PYTHONASYNCIODEBUG": "1", "WEBSOCKETS_LOG": "debug"}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with InThread() as servers:
        yield servers.enter(ApiServer())


_SPOKEN = (Service.CHAT, Service.SPEECH)


def _key_for(server: ApiServer) -> dict[str, str]:
    return {"OPENAI_API_KEY": CANARY, "OPENAI_BASE_URL": server.base_url, **_LOUD}


def _settings(server: ApiServer, **sources: str) -> str:
    return settings_for(server.base_url, **sources)


def _turn(home: Path, question: Path, environment: dict[str, str]) -> bytes:
    """`sayso talk` from and to files: all that it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "--verbose", "talk", "--json"]
        + ["--input", str(question), "--output", str(home / "reply.wav")],
        env={**os.environ, "SAYSO_HOME": str(home), **environment},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout)["error"], done.stdout
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("service", "quoting"),
    [
        (Service.TRANSCRIPTION, "401"),
        (Service.TRANSCRIPTION, "redirect"),
        (Service.CHAT, "event"),
        (Service.SPEECH, "200 as a page"),
    ],
)
def test_a_turn_of_files_shows_no_key(
    service: Service, quoting: str, server: ApiServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text(_settings(server))
    question = save(say("what is twelve times seven"), tmp_path / "question.wav")
    server.inject(service, QUOTING[quoting])
    wrote = _turn(home, question, _key_for(server))
    assert server.asked(service)[-1].headers["authorization"] == f"Bearer {CANARY}"
    assert hits(wrote) == []
    assert hits_in_files(home) == []


def test_the_search_finds_a_key_in_every_disguise() -> None:
    encoded = base64.b64encode(f"Bearer {CANARY}".encode())
    for shown in (CANARY.encode(), CANARY[::-1].encode(), encoded, quote(CANARY, safe="").encode()):
        assert hits(b"before " + shown + b" after")
    assert hits(f"{CANARY[:20]} and {CANARY[20:]}".encode())
    assert hits(f"{CANARY[:4]}****{CANARY[-4:]}".encode()) == []


def test_a_conversation_logged_at_debug_shows_no_key(server: ApiServer, tmp_path: Path) -> None:
    with RunningSayso(
        tmp_path / "home",
        _key_for(server),
        arguments=["--verbose", "talk"],
        settings=_settings(server),
        stdin_text="what is twelve times seven\n",
    ) as sayso:
        processes = Processes(sayso.pid())
        sayso.wait_for_reply(1)
        for service, (name, fault) in zip(itertools.cycle(_SPOKEN), QUOTING.items(), strict=False):
            server.inject(service, fault)
            _ask(sayso, name)
            server.heal()
            processes.look()
        assert sayso.quit() == 0
    assert any("audio.engine" in command for command in processes.seen)
    assert processes.hits() == []
    assert any(line["logger"].startswith("httpcore2") for line in sayso.log), "libraries log too"
    assert hits_in_files(sayso.home) == []


def _ask(sayso: RunningSayso, name: str) -> None:
    """Type a question and wait until something is told about it."""
    before = sayso.child.log.count("! ")
    sayso.enter(f"question {name}")
    wait_until(lambda: sayso.child.log.count("! ") > before, f"a notice of {name}")


@pytest.mark.desk
def test_programs_that_it_starts_get_no_key(
    server: ApiServer, sound: SoundServer, tmp_path: Path
) -> None:
    shims, shown = tmp_path / "bin", tmp_path / "shown"
    _watch(shims, shown, ["flite", "espeak-ng"])
    server.inject(Service.CHAT, QUOTING["401"])
    path = {"PATH": f"{shims}:{os.environ['PATH']}"}
    with RunningSayso(
        tmp_path / "home",
        sound.environment,
        _key_for(server),
        path,
        arguments=["--verbose", "talk"],
        settings=_settings(server, transcription="built_in", speech="built_in"),
        stdin_text="\n",
    ) as sayso:
        processes = Processes(sayso.pid())
        sayso.wait_until_listening(sound)
        sound.say_clip(say("what is twelve times seven"))
        sayso.wait_for_message("user")
        processes.look()
        server.heal()
        sayso.enter("hello there")
        wait_until(lambda: shown.exists(), "the voice program")
        processes.look()
        assert sayso.quit() == 0
    commands = " ".join(processes.seen)
    assert "audio.engine" in commands
    assert "recognizer" in commands
    assert processes.hits() == []
    assert b"PATH=" in shown.read_bytes()
    assert hits(shown.read_bytes()) == []
    assert hits_in_files(sayso.home) == []


def _watch(folder: Path, log: Path, programs: Sequence[str]) -> None:
    """Programs of these names that note their environment and arguments before they begin."""
    folder.mkdir()
    for name in programs:
        real = shutil.which(name)
        if real is None:
            continue
        shim = folder / name
        shim.write_text(
            f'#!/bin/sh\ncat /proc/self/environ >> "{log}"\nprintf "%s\\n" "$@" >> "{log}"\n'
            f'exec "{real}" "$@"\n'
        )
        shim.chmod(shim.stat().st_mode | stat.S_IXUSR)

"""Sayso itself, running as a user runs it, on the desk's screen, sound and keyring."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pocketsphinx import Decoder

from audio.journal import unfinished
from audio.pcm import Clip
from audio.resample import resample
from tests.desk.child import Child, merged
from tests.desk.isolation import without_network
from tests.desk.recording import Recording
from tests.desk.screen import Screen
from tests.desk.sound import MICROPHONE, SoundServer
from tests.desk.speech import pad
from tests.desk.waiting import wait_until

ROOT = Path(__file__).parent.parent.parent
HANDS_FREE = "[general]\nlisten_at_start = true\nfirst_run_done = true\n"
TITLE = "Sayso"


class RunningSayso:
    """A process of Sayso with a home of its own. Ended with the context."""

    def __init__(
        self,
        home: Path,
        *environments: Mapping[str, str],
        arguments: Sequence[str] = (),
        settings: str = HANDS_FREE,
        isolated: bool = False,
        stdin_text: str | None = None,
        program: Sequence[str] = ("-m", "app"),
    ) -> None:
        self.home = home
        (home / "config").mkdir(parents=True, exist_ok=True)
        if not (home / "config" / "settings.toml").exists():
            (home / "config" / "settings.toml").write_text(settings)
        command = [sys.executable, *program, *arguments]
        environment = merged({"QT_QPA_PLATFORM": ""}, *environments, {"SAYSO_HOME": str(home)})
        self.child = Child(
            without_network(command) if isolated else command,
            home / "output",
            environment=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL if stdin_text is None else subprocess.PIPE,
        )
        if stdin_text is not None:
            self.enter(stdin_text.removesuffix("\n"))

    def enter(self, line: str) -> None:
        """Type a line into its terminal."""
        stdin = self.child.process.stdin
        assert stdin is not None
        stdin.write(f"{line}\n".encode())
        stdin.flush()

    @property
    def messages(self) -> list[tuple[str, str, str | None]]:
        """Role, text and what was heard of each message kept so far."""
        database = self.home / "data" / "sayso.db"
        if not database.exists():
            return []
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as link:
            try:
                return link.execute(
                    "SELECT role, text, heard FROM messages ORDER BY position"
                ).fetchall()
            except sqlite3.OperationalError:
                return []

    @property
    def log(self) -> list[dict[str, str]]:
        """The log's lines so far."""
        lines = []
        for path in (self.home / "state" / "logs").glob("sayso*.log"):
            lines += [json.loads(line) for line in path.read_text().splitlines()]
        return lines

    def wait_for_reply(self, count: int, timeout_s: float = 30.0) -> str:
        """Wait for the reply number `count` to be kept; its text."""
        wait_until(lambda: len(self.replies) >= count, f"reply {count}", timeout_s=timeout_s)
        return self.replies[count - 1]

    @property
    def replies(self) -> list[str]:
        """Texts of the replies kept so far."""
        return [text for role, text, _ in self.messages if role == "assistant"]

    def wait_for_message(self, role: str, timeout_s: float = 30.0) -> str:
        """Wait for the first message of this role to be kept; its text."""
        return wait_until(
            lambda: next((text for who, text, _ in self.messages if who == role), None),
            f"a message of the {role}",
            timeout_s=timeout_s,
        )

    def wait_until_no_takes(self) -> None:
        """Wait until every recording became text."""
        takes = self.home / "state" / "takes"
        wait_until(lambda: not unfinished(takes), "no recording is left")

    def wait_until_listening(self, sound: SoundServer, beside: int = 0) -> None:
        """Wait until the microphone is open; `beside` others record it too."""
        wait_until(
            lambda: sound.sources_in_use().count(MICROPHONE) > beside,
            "an open microphone",
            timeout_s=20,
        )

    def wait_for_hotkeys(self) -> None:
        """Until the dictation key is this Sayso's."""
        wait_until(lambda: "[Dictation: hold" in self.child.log, "the dictation key", timeout_s=30)

    def show(self, screen: Screen) -> None:
        """Wait for the window."""
        screen.wait_for_window(TITLE)

    def engine_pid(self) -> int:
        """Process id of the audio engine."""
        return wait_until(lambda: self._find_engine(), "the audio engine")

    def _find_engine(self) -> int | None:
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().split(b"\0")
                environment = (entry / "environ").read_bytes()
                ours = f"SAYSO_HOME={self.home}".encode() in environment
                if b"audio.engine" in command and ours:
                    return int(entry.name)
        return None

    def pid(self) -> int:
        """Process id of the app itself, also inside a namespace."""
        return self.child.pid

    def quit(self, timeout_s: float = 10.0) -> int:
        """Ask it to end; the exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.child.end()


def which_was_said(clip: Clip, sentences: Mapping[str, str]) -> str:
    """Which of some sentences (JSGF, by name) an independent recognition finds in a recording."""
    decoder = Decoder(loglevel="FATAL", beam=1e-60, pbeam=1e-60, wbeam=1e-44)
    rules = "".join(f"<{name}> = {sentence};" for name, sentence in sentences.items())
    top = " | ".join(f"<{name}>" for name in sentences)
    decoder.add_jsgf_string("replies", f"#JSGF V1.0; grammar g; {rules} public <g> = {top};")
    decoder.activate_search("replies")
    said = _decoded(decoder, clip)
    for name, sentence in sentences.items():
        pattern = re.sub(r"\[([^]]*)\]", r"(\1)?", sentence).replace(" ", r"\s*")
        if said and re.fullmatch(pattern, said):
            return name
    return ""


def words(clip: Clip) -> str:
    """What an independent recognition of a recording makes of it."""
    return _decoded(Decoder(loglevel="FATAL"), clip)


def said_since(recording: Recording, since_s: float) -> Clip:
    """What was recorded since a time, from its first sound to its last."""
    since = [block for block in recording.blocks if block[0] >= since_s]
    return pad(Recording(recording.rate_hz, since).sounds(), 300, 300)


def _decoded(decoder: Decoder, clip: Clip) -> str:
    decoder.start_utt()
    decoder.process_raw(resample(clip, 16_000).data, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return str(hypothesis.hypstr) if hypothesis is not None else ""


def kill(pid: int) -> None:
    """As a crash would."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)

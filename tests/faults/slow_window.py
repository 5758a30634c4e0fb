"""Sayso with its window on a line of 64 kbit/s and 400 ms, which also breaks now and then.

`python -m tests.faults.slow_window MINUTES FILE` lives through it and writes what a user saw.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.state import Phase
from audio.journal import unfinished
from audio.resample import resample
from tests.desk.child import Child
from tests.desk.relay import SLOW, InThread, Relay
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.faults.api import SPEECH_RATE_HZ
from tests.faults.server import ApiServer
from tests.faults.whole import settings_for
from tests.flows.running import ROOT, RunningSayso
from tests.providers.openai.connection import KEY

QUESTION = "what is the time please"
_QUIET = (Phase.IDLE, Phase.LISTENING)
_PAUSE_S = 3.0
_LONGEST_TURN_S = 150.0


@dataclass(frozen=True, slots=True)
class Lived:
    """What happened, in order; times in seconds since the beginning."""

    lines: Sequence[dict[str, Any]]
    questions: int
    seconds: float
    kept: int = 0
    """Recordings that were not text yet at the end."""

    @property
    def stalls_ms(self) -> list[int]:
        """Every late beat of the GUI thread, less what the whole computer was late by then."""
        return [max(0, line["gap_ms"] - self._busy_ms(line)) for line in self.of("late")]

    def _busy_ms(self, late: dict[str, Any]) -> int:
        begins = late["at"] - late["gap_ms"] / 1000
        overlaps: Iterator[float] = (
            min(late["at"], busy["at"]) - max(begins, busy["at"] - busy["gap_ms"] / 1000)
            for busy in self.of("busy")
        )
        return round(1000 * sum(max(0.0, overlap) for overlap in overlaps))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The lines of one kind."""
        return [line for line in self.lines if line["kind"] == kind]


class _Line:
    """What is done to the line while the conversation goes on: at which share of the time."""

    def __init__(self, relay: Relay, servers: InThread, note: Callable[[str], None]) -> None:
        self._do: list[tuple[float, str, Callable[[], object]]] = [
            (0.40, "the line is cut for a moment", relay.cut),
            (0.50, "a black hole begins", lambda: relay.become(black_hole=True)),
            (0.56, "the black hole ends", lambda: relay.become(black_hole=False)),
            (0.65, "the line is down", relay.go_down),
            (0.72, "the line is up", lambda: relay.become(down=False)),
        ]
        self._servers, self._note = servers, note

    def at(self, share: float) -> None:
        """Do what is due."""
        while self._do and share >= self._do[0][0]:
            _, what, action = self._do.pop(0)
            self._servers.call(action)
            self._note(what)


def live(minutes: float, sound: SoundServer, screen: Screen, folder: Path) -> Lived:
    """Ask a question whenever it is quiet, for so long."""
    log, busy = folder / "window.jsonl", folder / "busy.jsonl"
    pulse = [sys.executable, "-m", "tests.faults.pulse", str(busy)]
    with InThread() as servers, Child(pulse, folder / "pulse", cwd=ROOT):
        server: ApiServer = servers.enter(ApiServer())
        server.model.hears = "What is the time, please?"
        server.model.speaks = resample(say("it is noon"), SPEECH_RATE_HZ).data
        relay: Relay = servers.enter(Relay(server.port, SLOW))
        base_url = f"http://127.0.0.1:{relay.port}/v1"
        with RunningSayso(
            folder / "home",
            sound.environment,
            screen.environment,
            {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": base_url},
            program=("-m", "tests.faults.watched_window", str(log)),
            settings=settings_for(base_url, fallback="built_in"),
        ) as sayso:
            sayso.wait_until_listening(sound)
            lived = _converse(minutes * 60, sound, (log, busy), servers, relay)
            if sayso.quit() != 0:
                raise AssertionError(f"it ended badly: {sayso.child.log}")
            return replace(lived, kept=len(unfinished(sayso.home / "state" / "takes")))


def _converse(
    seconds: float, sound: SoundServer, logs: tuple[Path, Path], servers: InThread, relay: Relay
) -> Lived:
    log = logs[0]
    began, done, questions = time.monotonic(), [], 0
    line = _Line(relay, servers, lambda what: done.append(_entry("line", what=what)))
    asked_at, quiet_since = 0.0, began
    while (now := time.monotonic()) < began + seconds:
        line.at((now - began) / seconds)
        if _phase(log) not in _QUIET:
            quiet_since = now
        waited_long = asked_at and now - asked_at > _LONGEST_TURN_S
        if now - quiet_since > _PAUSE_S and now - asked_at > 2 * _PAUSE_S or waited_long:
            sound.say_clip(say(QUESTION))
            questions, asked_at = questions + 1, time.monotonic()
            quiet_since = asked_at
            done.append(_entry("asked"))
        time.sleep(0.05)
    lines = sorted([*_lines(log), *_lines(logs[1]), *done], key=lambda entry: entry["at"])
    told = [{**entry, "at": round(entry["at"] - began, 2)} for entry in lines]
    return Lived(told, questions, seconds)


def _entry(kind: str, **fields: object) -> dict[str, Any]:
    return {"at": time.monotonic(), "kind": kind, **fields}


def _lines(log: Path) -> list[dict[str, Any]]:
    found = []
    for text in log.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(json.JSONDecodeError):  # the last one may be half written
            found.append(json.loads(text))
    return found


def _phase(log: Path) -> str:
    return next(
        (line["phase"] for line in reversed(_lines(log)) if line["kind"] == "state"), Phase.STARTING
    )


def as_markdown(lived: Lived) -> str:
    """The report."""
    stalls = sorted(lived.stalls_ms, reverse=True)
    answered = sum(bool(reply["text"]) for reply in lived.of("reply"))
    head = (
        "# A slow line\n\nMade by `python -m tests.faults.slow_window MINUTES FILE`: the window, "
        "real speech into the microphone, everything through a server behind a line of 64 kbit/s "
        "and 400 ms each way.\n\n"
        f"{lived.seconds / 60:g} minutes, {lived.questions} questions, {answered} answered, "
        f"{lived.kept} kept as recordings at the end. "
        f"The GUI thread's pulse of 10 ms was late by more than 20 ms {len(stalls)} times; the "
        f"longest gaps were {stalls[:5]} ms, less what a pulse in an idle process was late by at "
        "the same moment.\n\n| at | |\n|--:|---|\n"
    )
    return head + "".join(f"| {line['at']:.1f} s | {_told(line)} |\n" for line in _shown(lived))


def _shown(lived: Lived) -> Iterator[dict[str, Any]]:
    """Without late beats that nobody notices, and states that did not change."""
    before = None
    for line in lived.lines:
        if line["kind"] == "state":
            state = (line["phase"], line["detail"])
            if state == before:
                continue
            before = state
        if line["kind"] == "busy" or (line["kind"] == "late" and line["gap_ms"] < 100):
            continue
        yield line


def _told(line: dict[str, Any]) -> str:
    match line["kind"]:
        case "state":
            return f"{line['phase']} {line['detail']}".strip()
        case "notice":
            return f"notice `{line['code']}`: {line['message']}"
        case "message":
            return f"{line['role']}: {line['text']}"
        case "reply":
            return f"reply kept: {line['text']}"
        case "late":
            return f"the window stood still for {line['gap_ms']} ms ({line['cpu_ms']} ms of work)"
        case "line":
            return f"**{line['what']}**"
        case "asked":
            return f"the user has said: {QUESTION}"
        case other:
            return str(other)


def main(arguments: list[str]) -> int:
    """Live through it and write the report."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SoundServer()) as sound,
        closing(Screen()) as screen,
    ):
        lived = live(float(arguments[0]), sound, screen, Path(folder))
    Path(arguments[1]).write_text(as_markdown(lived), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

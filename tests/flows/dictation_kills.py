"""Killing Sayso at some moment of a dictation, and what is left of the words and the clipboard."""

from __future__ import annotations

import contextlib
import enum
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from Xlib import display

from audio import journal
from audio.pcm import Clip
from audio.wav import read_wav
from tests.desk.clipboard import clipboard_formats
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.targets import TargetProgram
from tests.desk.waiting import wait_until
from tests.flows.kills import last_position_s, playing
from tests.flows.running import RunningSayso, kill

SETTINGS = "[general]\nlisten_at_start = false\nfirst_run_done = true\n"
KEYS = ("ctrl", "alt", "d")


class Moment(enum.Enum):
    """When it is killed."""

    SPEAKING = "while the key is held"
    TRANSCRIBING = "between release and text"
    INSERTING = "while the clipboard is lent"
    KEEPING = "while the history is written"


class Victim(enum.Enum):
    """Who is killed."""

    APP = "the app"
    ENGINE = "the engine"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Left:
    """What a kill left. `said_s` of the clip was said until then, `kept_s` is in a recording.

    `times_inserted` counts the text in the field, after the next start too.
    """

    said_s: float
    kept_s: float
    times_inserted: int
    clipboard_is_back: bool
    outcome: str

    @property
    def lost_s(self) -> float:
        """Speech that was said and is nowhere."""
        return max(0.0, self.said_s - self.kept_s)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where it happens. `marker` is a word of the clip that is once in its text."""

    home: Path
    sound: SoundServer
    screen: Screen
    field: TargetProgram
    clip: Clip
    marker: str


def kill_dictation(scene: Scene, moment: Moment, victim: Victim, chance: random.Random) -> Left:
    """Dictate, kill at a random point of that moment, start again, and look."""
    before = clipboard_formats(scene.screen)
    assert before, "a test has something on the clipboard"
    scene.field.focus()
    with _start(scene) as sayso:
        sayso.wait_for_hotkeys()
        owner = _clipboard_owner(scene.screen)
        said_s = _dictate_and_kill(scene, sayso, moment, victim, chance, owner)
        if victim is Victim.ENGINE:
            wait_until(lambda: _settled(scene.home), "the dictation ends", timeout_s=40)
            return _look(scene, said_s, before)
        sayso.child.wait()
    with _start(scene) as sayso:
        sayso.wait_for_hotkeys()
        wait_until(lambda: _settled(scene.home), "the dictation is recovered", timeout_s=40)
        return _look(scene, said_s, before)


def _start(scene: Scene) -> RunningSayso:
    return RunningSayso(
        scene.home,
        scene.sound.environment,
        scene.screen.environment,
        arguments=["talk"],
        settings=SETTINGS,
        stdin_text="/mute\n",
    )


def _dictate_and_kill(
    scene: Scene,
    sayso: RunningSayso,
    moment: Moment,
    victim: Victim,
    chance: random.Random,
    owner: int,
) -> float:
    """How much of the clip had been said when the victim was killed."""
    pids = _pids(sayso, victim)
    length_s = scene.clip.duration_ms / 1000
    for key in KEYS:
        scene.screen.xdotool("keydown", key)
    try:
        wait_until(lambda: scene.sound.sources_in_use(), "an open microphone")
        with scene.sound.saying(scene.clip):
            begins_s = wait_until(lambda: playing(scene.sound), "the clip plays")
            if moment is Moment.SPEAKING:
                at_s = chance.uniform(0.6, length_s - 0.3)
                time.sleep(max(0.0, begins_s + at_s - time.monotonic()))
                _kill(pids)
                return time.monotonic() - begins_s
    finally:
        for key in reversed(KEYS):
            scene.screen.xdotool("keyup", key)
    _wait_for(moment, scene, owner, chance)
    _kill(pids)
    return length_s


def _wait_for(moment: Moment, scene: Scene, owner: int, chance: random.Random) -> None:
    """The moment, and a random while into it. It may pass before: that is a kill as well."""
    reached: Callable[[], bool]
    match moment:
        case Moment.TRANSCRIBING:
            time.sleep(chance.uniform(0.0, 0.5))
            return
        case Moment.INSERTING:
            reached, most_s = (lambda: _clipboard_owner(scene.screen) != owner), 0.3
        case _:
            reached, most_s = (lambda: bool(scene.field.read())), 0.1
    with contextlib.suppress(AssertionError):
        wait_until(reached, moment.value, timeout_s=15)
    time.sleep(chance.uniform(0.0, most_s))


def _pids(sayso: RunningSayso, victim: Victim) -> list[int]:
    engine = [sayso.engine_pid()] if victim is not Victim.APP else []
    return engine + ([sayso.pid()] if victim is not Victim.ENGINE else [])


def _kill(pids: list[int]) -> None:
    for pid in pids:
        kill(pid)


def _settled(home: Path) -> bool:
    """Whether nothing is open, and something is there."""
    rows = rows_of(home)
    if any(outcome == "open" for outcome, _ in rows):
        return False
    return bool(rows or journal.unfinished(home / "state" / "takes"))


def rows_of(home: Path) -> list[tuple[str, str]]:
    """Outcome and recording of each dictation."""
    file = home / "data" / "sayso.db"
    if not file.exists():
        return []
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        try:
            return store.execute("SELECT outcome, audio FROM dictations").fetchall()
        except sqlite3.OperationalError:
            return []


def _look(scene: Scene, said_s: float, before: str) -> Left:
    rows = rows_of(scene.home)
    recordings = [
        read_wav(scene.home / "data" / "dictations" / name).clip for _, name in rows if name
    ]
    takes = journal.unfinished(scene.home / "state" / "takes")
    recordings += [journal.read(take.path) for take in takes]
    kept_s = max((last_position_s(clip, scene.clip) for clip in recordings), default=0.0)
    is_back = True
    try:
        wait_until(lambda: clipboard_formats(scene.screen) == before, "", timeout_s=8)
    except AssertionError:
        is_back = False
    text = scene.field.settled("", timeout_s=1.0).lower()
    return Left(
        said_s, kept_s, text.count(scene.marker), is_back, ",".join(outcome for outcome, _ in rows)
    )


def _clipboard_owner(screen: Screen) -> int:
    with contextlib.closing(display.Display(screen.display)) as link:
        owner = link.get_selection_owner(link.intern_atom("CLIPBOARD"))
        return owner if isinstance(owner, int) else int(owner.id)

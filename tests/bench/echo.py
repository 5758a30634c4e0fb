"""Full duplex on plain speakers, in simulated rooms. Run: python -m tests.bench.echo

The assistant talks all the time; people speak over it. Counted: takes that nobody began, people
who were heard, and how soon. Writes `echo.md`, `echo.json` and some recordings.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import json
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from audio.flac import flac_bytes
from audio.pcm import Clip, Samples
from tests.audio.room import RATE_HZ, Duplex, Outcome, Person, Room
from tests.desk import speech

RESULTS = Path(__file__).parent / "results"

DELAYS_MS = (20, 60, 120, 200)
DRIFTS_PPM = (-200.0, 0.0, 50.0, 200.0)
REVERBERATIONS_S = (0.2, 0.4, 0.6)
ECHOES_DB = (-6.0, -12.0, -20.0, -30.0)
PERSONS_DBFS = (-32.0, -26.0, -20.0)
NOISES_DBFS = (-66.0, -58.0)

_SCENE_S = 27.0
_MOMENTS_S = (7.0, 15.0, 22.0)
_ALONE_S = 660.0
_RECORDED_S = 9.0
_STORY = (
    "This is a rather long story about a house and a garden, and about all the people who live "
    "there. They like to sing every day, in the rain and in the sun. The weather in Berlin is "
    "cloudy today, with a light wind from the west. In the evening there may be some rain, and "
    "tomorrow will be warmer. Shall I tell you more about the rooms, or about the old trees?"
)
_WORDS = (
    "wait, I have another question",
    "please be quiet now",
    "no, that is not what I meant",
    "stop",
    "and what about the train to Hamburg",
)
_VOICES = ("rms", "slt", "awb", "kal16")


@dataclass(frozen=True, slots=True)
class Scene:
    """A room, who talks in it, and for how long; `people` are (moment, level, words)."""

    room: Room
    voice: int
    duration_s: float
    people: tuple[tuple[float, float, int], ...] = ()


def assistants() -> list[Samples]:
    """Voices that read aloud, a human one among them where there is a recording."""
    voices = [speech.say(_STORY, voice, tail_ms=400).samples() for voice in _VOICES]
    with contextlib.suppress(pytest.skip.Exception):
        voices.append(speech.human().samples())
    return voices


def interruptions() -> list[Samples]:
    """What people say."""
    said = [
        speech.say(words, _VOICES[number % 3], lead_ms=0).samples()
        for number, words in enumerate(_WORDS)
    ]
    with contextlib.suppress(pytest.skip.Exception):
        said.append(speech.human().samples()[: RATE_HZ * 2])
    return said


def grid() -> list[Scene]:
    """Every room of the grid, with people in it."""
    random = np.random.default_rng(7)
    scenes = []
    cells = itertools.product(DELAYS_MS, DRIFTS_PPM, REVERBERATIONS_S, ECHOES_DB)
    for number, (delay_ms, drift_ppm, reverberation_s, echo_db) in enumerate(cells):
        noise_dbfs = NOISES_DBFS[number % 2]
        room = Room(delay_ms, drift_ppm, reverberation_s, echo_db, noise_dbfs, seed=number)
        people = tuple(
            (
                moment + float(random.uniform(0.0, 2.0)),
                PERSONS_DBFS[int(random.integers(len(PERSONS_DBFS)))],
                int(random.integers(100)),
            )
            for moment in _MOMENTS_S
        )
        scenes.append(Scene(room, number, _SCENE_S, people))
    return scenes


def sample(scenes: Sequence[Scene], every: int) -> list[Scene]:
    """One scene in `every`, with all kinds of rooms among them."""
    order = np.random.default_rng(8).permutation(len(scenes))
    return [scenes[number] for number in sorted(order[: len(scenes) // every])]


def alone(duration_s: float = _ALONE_S) -> list[Scene]:
    """Half an hour of talk that nobody interrupts, with clocks that run apart."""
    rooms = (
        Room(60, 200.0, 0.4, -12.0, seed=1001),
        Room(200, -200.0, 0.6, -6.0, seed=1002),
        Room(20, 100.0, 0.2, -20.0, seed=1003),
    )
    return [Scene(room, number, duration_s) for number, room in enumerate(rooms)]


def run(scene: Scene, *, keep: bool = False) -> Outcome:
    """What happens in a scene."""
    voices, said = assistants(), interruptions()
    people = [
        Person(at_s, said[words % len(said)], level_dbfs)
        for at_s, level_dbfs, words in scene.people
    ]
    duplex = Duplex(scene.room, voices[scene.voice % len(voices)])
    return duplex.run(scene.duration_s, people, keep=keep)


def summary(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Cells of a row of the table."""
    delays = sorted(delay for outcome in outcomes for delay in outcome.delays_ms)
    missed = sum(len(outcome.missed) for outcome in outcomes)
    spoken = len(delays) + missed
    heard = f"{len(delays)} of {spoken} ({100 * len(delays) / spoken:.1f} %)" if spoken else ""
    return (
        f"{sum(outcome.talked_s for outcome in outcomes) / 60:.1f}",
        str(sum(len(outcome.own) for outcome in outcomes)),
        heard,
        f"{statistics.median(delays):.0f}" if delays else "",
        f"{delays[int(0.95 * (len(delays) - 1))]:.0f}" if delays else "",
    )


def table(found: Sequence[tuple[Scene, Outcome]]) -> Iterator[str]:
    """The whole table, line by line."""
    yield "# Full duplex on plain speakers"
    yield ""
    rooms = len({scene.room for scene, _ in found})
    yield f"The assistant talks in {rooms} simulated rooms, and people speak over it; times in ms"
    yield "from their first sound to the take that pauses it. `python -m tests.bench.echo` writes"
    yield "this file; of its grid of 192 rooms `--every N` takes one in N, of all kinds."
    has_human = len(assistants()) > len(_VOICES)
    yield f"The voices are synthetic, {'with' if has_human else 'without'} a human one among them."
    yield ""
    yield "| | minutes of talk | interrupted itself | people heard | median | p95 |"
    yield "|---|---|---|---|---|---|"
    long = [outcome for scene, outcome in found if not scene.people]
    short = [(scene, outcome) for scene, outcome in found if scene.people]
    yield _row("nobody speaks", long)
    yield _row("people speak", [outcome for _, outcome in short])
    keys: list[tuple[str, Callable[[Room], float]]] = [
        ("delay {} ms", lambda room: room.delay_ms),
        ("drift {:+.0f} ppm", lambda room: room.drift_ppm),
        ("reverberation {} s", lambda room: room.reverberation_s),
        ("echo {:.0f} dB", lambda room: room.echo_db),
        ("room noise {:.0f} dBFS", lambda room: room.noise_dbfs),
    ]
    for label, key in keys:
        for value in sorted({key(scene.room) for scene, _ in short}):
            chosen = [outcome for scene, outcome in short if key(scene.room) == value]
            yield _row(label.format(value), chosen)


def _row(label: str, outcomes: Sequence[Outcome]) -> str:
    return f"| {label} | {' | '.join(summary(outcomes))} |"


def record(folder: Path) -> None:
    """Recordings to listen to: the microphone, and what is left of it for the recognizer."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, room in (
        ("near-drift", Room(60, 200.0, 0.4, -12.0, seed=5)),
        ("loud-far", Room(200, 0.0, 0.6, -6.0, seed=6)),
    ):
        outcome = run(Scene(room, 0, _RECORDED_S, ((6.0, -26.0, 0),)), keep=True)
        for kind, samples in (("microphone", outcome.heard), ("cleaned", outcome.cleaned)):
            clip = Clip(RATE_HZ, samples[3 * RATE_HZ :].tobytes())
            (folder / f"{name}-{kind}.flac").write_bytes(flac_bytes(clip))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take one room of so many")
    parser.add_argument("--alone", type=float, default=_ALONE_S, help="seconds of each long talk")
    parser.add_argument("--only", type=int, nargs="*", help="scenes of the grid; prints only")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    scenes = [*sample(grid(), options.every), *alone(options.alone)]
    if options.only:
        scenes = [grid()[number] for number in options.only]
    with ProcessPoolExecutor(options.workers) as pool:
        found = []
        for scene, outcome in zip(scenes, pool.map(run, scenes), strict=True):
            found.append((scene, outcome))
            print(json.dumps(_plain(scene, outcome)), flush=True)
    lines = list(table(found))
    print("\n".join(lines))
    if options.only:
        return
    (RESULTS / "echo.md").write_text("\n".join(lines) + "\n")
    (RESULTS / "echo.json").write_text(json.dumps([_plain(*pair) for pair in found], indent=1))
    record(RESULTS / "echo")


def _plain(scene: Scene, outcome: Outcome) -> dict[str, object]:
    return {
        "scene": dataclasses.asdict(scene),
        "talked_s": round(outcome.talked_s, 1),
        "own_s": outcome.own,
        "missed_s": outcome.missed,
        "delays_ms": outcome.delays_ms,
    }


if __name__ == "__main__":
    main()

"""What is said to a contestant, and what came of it. The same for all: peers load this, too.

A contestant is seen through the harness's microphone and loudspeaker. The loudspeaker also keeps
`runs`: from when to when it sounded, monotonic seconds of the device's own time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tests.bench.clips import ClipInfo, Samples, load, samples_of
from tests.bench.recognise import ITS_OWN_VOICE, alike

_WARM_S = 8.0
_SETTLE_S = 3.0
_ANSWER_S = 12.0
_REPLY_S = 30.0
_QUIET_S = 1.2
_GAP_S = 0.15
_WATCH_S = 4.0
_NOISE_AFTER_S = 1.0
_WHOLE = 0.85
_SHORT_REPLY = "All right, that is done."
_REPLY = "The meeting is on Tuesday at three, and the room is already booked for you."
_VOICE = "rms"
_ECHO = 0.1


class Microphone(Protocol):
    """The harness's `Mic`, or what stands for it. `echo` is how much of the reply it hears."""

    sr: int
    onset: float
    eos: float
    echo: float

    def play(self, samples: Samples) -> None:
        """Let somebody say this."""
        ...


class Loudspeaker(Protocol):
    """The harness's `Speaker`, or what stands for it."""

    first: float
    runs: Sequence[tuple[float, float]]
    resumes: Sequence[float]

    @property
    def playing(self) -> bool:
        """Whether it sounds now."""
        ...

    def arm(self) -> None:
        """Begin to watch anew."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything. `idle_s` may be 0."""

    turns: int = 20
    barges: int = 10
    idle_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a script plays. `usage` tells seconds of CPU, and memory, of the contestant."""

    common: Any
    mic: Any
    speaker: Any
    corpus: Path
    usage: Callable[[], dict[str, float]]

    def configure(self, **fields: object) -> None:
        """Set delays, the reply and the voice of the server."""
        self.common.http("/_config", fields)

    def events(self, since_s: float) -> list[dict[str, Any]]:
        """The server's log since a time."""
        return [e for e in self.common.http("/_log")["events"] if e["t"] >= since_s]

    def clips(self, *kinds: str) -> list[ClipInfo]:
        """The corpus's clips of these kinds."""
        return [info for info in load(self.corpus) if info.kind in kinds]

    def samples(self, info: ClipInfo) -> Samples:
        """A clip at the microphone's rate."""
        return samples_of(self.corpus, info, self.mic.sr)


def conversation(stage: Stage, plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Listening, turns, interruptions. The harness's own records of them."""
    run = stage.common.run_script
    time.sleep(_WARM_S)
    extra: dict[str, Any] = {}
    if plan.idle_s:
        began_s = time.monotonic()
        extra |= _named("idle", stage, lambda: time.sleep(plan.idle_s))
        sent = [e["ms"] for e in stage.events(began_s) if e["kind"] == "rt.sound"]
        extra["idle_sound_sent_s_per_min"] = round(sum(sent) / 1000 / plan.idle_s * 60, 2)
    records: list[dict[str, Any]] = []
    stage.configure(tts_ms_per_char=12)
    extra |= _named("talk", stage, lambda: records.extend(_run(run, stage, plan.turns, 0)))
    stage.configure(tts_ms_per_char=26)
    records.extend(_run(run, stage, 0, plan.barges))
    return records, extra


def _run(run: Callable[..., Any], stage: Stage, turns: int, barges: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run(stage.mic, stage.speaker, turns, barges, 0)[0]
    return found


def _named(name: str, stage: Stage, act: Callable[[], None]) -> dict[str, float]:
    """What the contestant used meanwhile, per minute, and what it holds at the end."""
    before, began_s = stage.usage(), time.monotonic()
    act()
    after, minutes = stage.usage(), (time.monotonic() - began_s) / 60
    used = {
        f"{name}_{key}_per_min": round((after[key] - before[key]) / minutes, 2)
        for key in after
        if key.startswith("cpu_s")
    }
    held = {f"{name}_{k}": v for k, v in after.items() if not k.startswith("cpu_s")}
    return used | held


def hesitations(stage: Stage, _plan: Plan) -> list[dict[str, Any]]:
    """Sentences with pauses inside: which of them were cut off."""
    stage.configure(reply=_SHORT_REPLY, tts_ms_per_char=30)
    time.sleep(_SETTLE_S)
    found = []
    for info in stage.clips("pause", "filler", "number", "human"):
        found.append(_hesitation(stage, info))
        _wait_for_quiet(stage.speaker)
        time.sleep(1.0)
    return found


def _hesitation(stage: Stage, info: ClipInfo) -> dict[str, Any]:
    mic, speaker = stage.mic, stage.speaker
    samples = stage.samples(info)
    stage.configure(clip=info.name)
    speaker.arm()
    began_s = time.monotonic()
    mic.play(samples)
    time.sleep(len(samples) / mic.sr + 0.1)
    onset_s, end_s = mic.onset, mic.eos
    answered_s = _wait_for_answer(speaker, end_s)
    _wait_for_quiet(speaker)
    events = stage.events(began_s)
    asked = [e["user"] for e in events if e["kind"] == "llm.asked"]
    # A request that was given up for one with more words cut nobody off.
    last = asked[-1][-1] if asked and asked[-1] else ""
    early = any(start < end_s for start, _ in speaker.runs)
    split = alike(info.text, last) < _WHOLE
    return {
        "clip": info.name,
        "kind": info.kind,
        "pauses_ms": info.pauses_ms,
        "said": info.text,
        "asked": asked,
        "answered_early": early,
        "split": split,
        "cut_off": early or split,
        "v2v_ms": round((answered_s - end_s) * 1000, 1) if answered_s else None,
        "length_ms": round((end_s - onset_s) * 1000),
        "requests": {
            k: sum(e["kind"] == f"{k}.req" for e in events) for k in ("stt", "llm", "tts")
        },
    }


def _wait_for_answer(speaker: Any, after_s: float) -> float:
    """When the reply to the whole utterance began; 0 if it never did."""
    until = time.monotonic() + _ANSWER_S
    while time.monotonic() < until:
        later = [start for start, _ in list(speaker.runs) if start >= after_s]
        if later:
            return float(min(later))
        time.sleep(0.01)
    return 0.0


def _wait_for_quiet(speaker: Any) -> None:
    until, quiet_s = time.monotonic() + _REPLY_S, time.monotonic()
    while time.monotonic() < until and time.monotonic() - quiet_s < _QUIET_S:
        if speaker.playing:
            quiet_s = time.monotonic()
        time.sleep(0.02)


def false_stops(stage: Stage, _plan: Plan) -> list[dict[str, Any]]:
    """Noises and the reply's own echo during replies: which of them stopped a reply."""
    stage.configure(reply=_REPLY, voice=_VOICE)
    questions = stage.clips("plain")
    time.sleep(_SETTLE_S)
    trials: list[ClipInfo | None] = [None]
    trials += [*stage.clips("cough", "door", "typing", "mm-hm"), None, None]
    found = []
    # Once for nothing: afterwards the server knows how its voice sounds.
    _disturbed(stage, questions[0], None, 0.0)
    for number, noise in enumerate(trials):
        echo = number and noise is None
        question = questions[number % len(questions)]
        found.append(_disturbed(stage, question, noise, _ECHO if echo else 0.0))
        time.sleep(0.5)
    length_s = found[0]["sounded_s"]
    for trial in found:
        trial["outcome"] = _outcome(trial, length_s)
    return found


def _disturbed(
    stage: Stage, question: ClipInfo, noise: ClipInfo | None, echo: float
) -> dict[str, Any]:
    mic, speaker = stage.mic, stage.speaker
    stage.configure(clip=question.name)
    speaker.arm()
    mic.play(stage.samples(question))
    time.sleep(len(stage.samples(question)) / mic.sr)
    mic.echo = echo
    kind = "echo" if echo else noise.kind if noise else "none"
    first_s = _wait_for_answer(speaker, mic.eos)
    noise_s = first_s
    stage.configure(clip=noise.name if noise else ITS_OWN_VOICE)
    if noise is not None and first_s:
        time.sleep(_NOISE_AFTER_S)
        mic.play(stage.samples(noise))
        time.sleep(0.08)
        noise_s = mic.onset
        time.sleep(_WATCH_S)
    _wait_for_quiet(speaker)
    mic.echo = 0.0
    requests = [e["t"] for e in stage.events(noise_s) if e["kind"] == "llm.asked"]
    runs = [(a, b) for a, b in list(speaker.runs) if b > first_s - 0.01]
    return {
        "noise": noise.name if noise else kind,
        "kind": kind,
        "answered": bool(first_s),
        "runs_s": [(round(a - noise_s, 3), round(b - noise_s, 3)) for a, b in runs],
        "sounded_s": round(sum(b - a for a, b in runs), 3),
        "new_replies_s": [round(t - noise_s, 3) for t in requests],
    }


def _outcome(trial: dict[str, Any], length_s: float) -> str:
    """Whether the reply was left alone, paused and resumed, or stopped."""
    if not trial["answered"]:
        return "no reply"
    played, before = 0.0, None
    paused = False
    for start, end in trial["runs_s"]:
        if before is not None and start - before > _GAP_S and before > 0:
            if any(before - 1.5 < t < start for t in trial["new_replies_s"]):
                break
            paused = True
        played += end - start
        before = end
    if played < length_s - 0.6:
        return "stopped"
    return "paused" if paused else "left alone"


SCRIPTS: dict[str, Callable[[Stage, Plan], Any]] = {
    "conversation": conversation,
    "hesitations": hesitations,
    "false_stops": false_stops,
}


def merged(runs: list[tuple[float, float]], start_s: float, end_s: float) -> None:
    """Add a piece of sound to the runs; one that follows the last without a gap prolongs it."""
    if runs and start_s - runs[-1][1] < 0.001:
        runs[-1] = (runs[-1][0], end_s)
    else:
        runs.append((start_s, end_s))


def cut(runs: list[tuple[float, float]], at_s: float) -> None:
    """Take away what would sound after a time."""
    while runs and runs[-1][0] >= at_s:
        runs.pop()
    if runs and runs[-1][1] > at_s:
        runs[-1] = (runs[-1][0], at_s)


def as_int16(sound: npt.NDArray[np.float64]) -> Samples:
    """Clipped to what a device takes."""
    return np.clip(sound, -32768, 32767).astype(np.int16)

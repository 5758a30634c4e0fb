"""One run of a peer. Runs beside the harness, with the peer's own interpreter:

    DIR/vpipe/bin/python -m tests.bench.peer pipecat conversation --bench DIR --corpus FOLDER ...

The harness's program for the peer is run as it is. Only its script is ours, and its loudspeaker
tells from when to when it sounded.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tests.bench import scripts
from tests.bench.clips import read_wav, resampled
from tests.bench.usage import usage_of

PROGRAMS = {"pipecat": "bench_pipecat.py", "livekit": "bench_livekit.py"}
_ARGUMENTS = {"pipecat": [], "livekit": ["--aec", "0"]}
_WRITES = {
    "pipecat": (
        "SPK.write(len(frame.audio), frame.sample_rate)",
        "SPK.write_pcm(frame.audio, frame.sample_rate)",
    ),
    "livekit": (
        "SPK.write(len(bytes(frame.data)), frame.sample_rate)",
        "SPK.write_pcm(bytes(frame.data), frame.sample_rate)",
    ),
}
_ECHO_S = 2.0


def observed(common: ModuleType) -> type:
    """The harness's loudspeaker, which also keeps its runs and its last sound."""

    class Observed(common.Speaker):  # type: ignore[name-defined,misc]
        def __init__(self, lead: float = 0.06) -> None:
            self.runs: list[tuple[float, float]] = []
            self.resumes: list[float] = []
            self.sound: collections.deque[tuple[float, int, np.ndarray]] = collections.deque()
            self._head = 0.0
            self._left_s = 0.0
            super().__init__(lead)

        @property
        def head(self) -> float:
            return self._head

        @head.setter
        def head(self, value: float) -> None:
            # Set back to now: what was queued is dropped.
            if value < self._head:
                self._left_s = self._head - value
                scripts.cut(self.runs, value)
            self._head = value

        def arm(self) -> None:
            super().arm()
            self.runs.clear()
            self.resumes.clear()

        def write_pcm(self, pcm: bytes, sr: int) -> float:
            start_s = max(common.now(), self.head)
            wait_s: float = self.write(len(pcm), sr)
            scripts.merged(self.runs, start_s, self.head)
            self.sound.append((start_s, sr, np.frombuffer(pcm, dtype="<i2")))
            while self.sound and self.sound[0][0] < common.now() - 60:
                self.sound.popleft()
            return wait_s

        def resume(self) -> None:
            """Sound again what was dropped by the last cut."""
            now_s = common.now()
            if self._left_s and self.head <= now_s:
                self.resumes.append(now_s)
                scripts.merged(self.runs, now_s, now_s + self._left_s)
                self._head, self._left_s = now_s + self._left_s, 0.0

        def heard(self, start_s: float, count: int, rate_hz: int) -> np.ndarray:
            """What sounds from a time on, so many samples at a rate."""
            result = np.zeros(count)
            times = start_s + np.arange(count) / rate_hz
            for began_s, sr, pcm in list(self.sound):
                end_s = began_s + len(pcm) / sr
                if end_s > start_s and began_s < times[-1]:
                    inside = (times >= began_s) & (times < end_s)
                    result[inside] = pcm[((times[inside] - began_s) * sr).astype(int)]
            sounding = np.zeros(count, dtype=bool)
            for a, b in list(self.runs):
                sounding |= (times >= a) & (times < b)
            return result * sounding

    return Observed


def echoing(common: ModuleType, speakers: list[Any]) -> type:
    """The harness's microphone, which can hear the loudspeaker."""

    class Echoing(common.Mic):  # type: ignore[name-defined,misc]
        def __init__(self, deliver: Callable[[bytes], None], **options: Any) -> None:
            super().__init__(lambda frame: deliver(self._with_echo(frame)), **options)
            self.echo = 0.0

        def _with_echo(self, frame: bytes) -> bytes:
            if not self.echo:
                return frame
            near = np.frombuffer(frame, dtype="<i2").astype(np.float64)
            start_s = common.now() - len(near) / self.sr
            far = speakers[0].heard(start_s, len(near), self.sr)
            return scripts.as_int16(near + far * self.echo).tobytes()

    return Echoing


def prepare(options: argparse.Namespace) -> None:
    """Put our script, loudspeaker and report into the harness."""
    common = importlib.import_module("common")
    own_script, own_report = common.run_script, common.report
    speakers: list[Any] = []
    loudspeaker = observed(common)

    def make_speaker() -> Any:
        speakers.append(loudspeaker())
        return speakers[-1]

    def run_script(mic: Any, speaker: Any, *_: object) -> tuple[Any, dict[str, Any]]:
        common.run_script = own_script
        stage = scripts.Stage(
            common, mic, speaker, options.corpus, lambda: usage_of([os.getpid()])
        )
        plan = scripts.Plan(**json.loads(options.plan))
        found = scripts.SCRIPTS[options.script](stage, plan)
        return found if isinstance(found, tuple) else (found, {})

    def report(_name: str, found: Any, extra: dict[str, Any]) -> None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        common.HERE = str(options.out.parent)
        if options.script == "conversation":
            write(options.out, own_report(options.peer, found, extra))
        else:
            write(options.out, {"trials": found, **extra})

    common.Speaker, common.Mic = make_speaker, echoing(common, speakers)
    common.run_script, common.report = run_script, report
    common.utterances = lambda sr=16_000: plain_utterances(options.bench, sr)
    if options.peer == "livekit":
        _let_resume(speakers)


def plain_utterances(bench: Path, rate_hz: int) -> list[Any]:
    """The harness's eight utterances at a rate, without a need for its resampler."""
    return [
        resampled(read_wav(wav), 16_000, rate_hz) for wav in sorted((bench / "wavf").glob("u?.wav"))
    ]


def write(path: Path, result: dict[str, Any]) -> None:
    """Keep a result."""
    path.write_text(json.dumps(result, indent=1, default=str) + "\n")


def _let_resume(speakers: list[Any]) -> None:
    """The harness's output forgets what was queued at a pause; a real one would go on."""
    os.environ.setdefault("OPENAI_API_KEY", "x")
    from livekit.agents.voice import io  # type: ignore[import-not-found]

    own = io.AudioOutput.resume

    def resume(self: Any) -> None:
        own(self)
        for speaker in speakers:
            speaker.resume()

    io.AudioOutput.resume = resume


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=tuple(PROGRAMS))
    parser.add_argument("script", choices=tuple(scripts.SCRIPTS))
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--base-url", required=True, help="of the server, without /v1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plan", default="{}")
    options = parser.parse_args()
    os.environ["FAKE_BASE"] = options.base_url
    sys.path.insert(0, str(options.bench))
    prepare(options)
    program = options.bench / PROGRAMS[options.peer]
    sys.argv = [str(program), "--name", options.peer, *_ARGUMENTS[options.peer]]
    plain, telling = _WRITES[options.peer]
    source = program.read_text()
    if plain not in source:
        raise SystemExit(f"{program.name} writes to its loudspeaker in an unknown way")
    code = compile(source.replace(plain, telling), str(program), "exec")
    exec(code, {"__name__": "__main__", "__file__": str(program)})  # noqa: S102


if __name__ == "__main__":
    main()

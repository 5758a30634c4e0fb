"""One run of a peer. Runs beside the harness, with the peer's own interpreter:

    DIR/vpipe/bin/python -m tests.bench.peer pipecat conversation --bench DIR --corpus FOLDER ...

The harness's program for the peer is run as it is. Only its script is ours, and its loudspeaker
tells from when to when it sounded.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import scripts
from tests.bench.clips import read_wav, resampled
from tests.bench.peer_devices import Echoing, Observed
from tests.bench.usage import usage_of

PROGRAMS = {"pipecat": "bench_pipecat.py", "livekit": "bench_livekit.py"}
REALTIME = ("pipecat", "livekit", "pipecat_local")
"""Their realtime services; `_local` detects voices itself, the others leave that to the server."""

_ARGUMENTS = {"pipecat": [], "livekit": ["--aec", "0"], "pipecat_local": ["--localvad"]}
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


def prepare(options: argparse.Namespace) -> None:
    """Put our script, loudspeaker and report into the harness."""
    common: Any = importlib.import_module("common")
    own_script, own_report = common.run_script, common.report
    microphone = type("Mic", (Echoing, common.Mic), {})
    loudspeaker = type("Speaker", (Observed, common.Speaker), {})
    speakers: list[Any] = []

    def make_speaker() -> Any:
        speakers.append(loudspeaker())
        microphone.speaker = speakers[-1]  # type: ignore[attr-defined]
        return speakers[-1]

    def run_script(mic: Any, speaker: Any, *_: object) -> tuple[Any, dict[str, Any]]:
        common.run_script = own_script
        stage = scripts.Stage(common, mic, speaker, options.corpus, lambda: usage_of([os.getpid()]))
        plan = scripts.Plan(**json.loads(options.plan))
        found = scripts.SCRIPTS[options.script](stage, plan)
        return (
            found if isinstance(found, tuple) else (found, {"mic_late_ms": round(mic.late_ms, 1)})
        )

    def report(_name: str, found: Any, extra: dict[str, Any]) -> None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        if options.script == "conversation":
            write(options.out, reported(common, own_report, options.peer, found, extra))
        else:
            write(options.out, {"trials": found, **extra})

    common.Speaker, common.Mic = make_speaker, microphone
    common.run_script, common.report = run_script, report
    common.utterances = lambda sr=16_000: plain_utterances(options.bench, sr)
    if options.peer == "livekit":
        _let_resume(speakers)


def plain_utterances(bench: Path, rate_hz: int) -> list[Any]:
    """The harness's eight utterances at a rate, without a need for its resampler."""
    return [
        resampled(read_wav(wav), 16_000, rate_hz) for wav in sorted((bench / "wavf").glob("u?.wav"))
    ]


def reported(
    common: Any,
    report: Callable[..., object],
    name: str,
    turns: list[dict[str, Any]],
    extra: dict[str, Any],
) -> dict[str, Any]:
    """The harness's report, with what it is made of."""
    with tempfile.TemporaryDirectory() as common.HERE:
        report(name, turns, extra)
        text = (Path(common.HERE) / "results" / f"{name}.json").read_text()
    result: dict[str, Any] = json.loads(text)
    return result


def write(path: Path, result: dict[str, Any]) -> None:
    """Keep a result."""
    path.write_text(json.dumps(result, indent=1, default=str) + "\n")


def _let_resume(speakers: list[Any]) -> None:
    """The harness's output forgets what was queued at a pause; a real one would go on."""
    os.environ.setdefault("OPENAI_API_KEY", "x")
    from livekit.agents.voice import io  # type: ignore[import-untyped]

    own = io.AudioOutput.resume

    def resume(self: Any) -> None:
        own(self)
        for speaker in speakers:
            speaker.resume()

    io.AudioOutput.resume = resume


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=REALTIME)
    parser.add_argument("script", choices=tuple(scripts.SCRIPTS))
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--base-url", required=True, help="of the server, without /v1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plan", default="{}")
    parser.add_argument("--realtime", action="store_true", help="its realtime service")
    options = parser.parse_args()
    os.environ["FAKE_BASE"] = options.base_url
    sys.path.insert(0, str(options.bench))
    prepare(options)
    peer = options.peer.partition("_")[0]
    program = options.bench / PROGRAMS[peer]
    mode = ["--mode", "realtime"] if options.realtime else []
    sys.argv = [str(program), "--name", options.peer, *_ARGUMENTS[options.peer], *mode]
    plain, telling = _WRITES[peer]
    source = program.read_text()
    if plain not in source:
        raise SystemExit(f"{program.name} writes to its loudspeaker in an unknown way")
    code = compile(source.replace(plain, telling), str(program), "exec")
    exec(code, {"__name__": "__main__", "__file__": str(program)})


if __name__ == "__main__":
    main()

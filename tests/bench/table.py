"""The bench's table from its results. Run: python -m tests.bench.table [FOLDER]"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import realtime_table
from tests.bench.rows import Measure, Result, key, noise_rows, results, rows, stage

_ALL = ("sayso", "pipecat", "livekit")
_PEERS = _ALL[1:]
_TITLES = {"sayso": "Sayso", "pipecat": "Pipecat", "livekit": "LiveKit Agents"}
_STAGES = (
    ("eos_to_stt", "end of speech → transcription asked for"),
    ("stt_to_llm", "words → reply asked for"),
    ("first_tok_to_tts", "first token → speech asked for"),
    ("tts_to_out", "first byte of speech → loudspeaker"),
)


def write(folder: Path, failed: Sequence[str] = ()) -> None:
    """Write `table.md` from what is there."""
    lines = [
        "# Sayso beside its peers",
        "",
        "Times in ms. What a better peer has is the base of each ratio.",
        "",
    ]
    for part in (_speed, _stages, _cut_offs, _false_stops, _resources):
        lines += [*part(folder), ""]
    for part in (realtime_table.section, _start, _devices):
        lines += [*part(folder), ""]
    lines += [f"- failed: {name}" for name in failed]
    (folder / "table.md").write_text("\n".join(lines).rstrip() + "\n")


def _results(folder: Path, step: str) -> dict[str, Result]:
    return results(folder, step, _ALL)


def _rows(
    found: dict[str, Result], measures: Sequence[tuple[str, Measure, float | None]]
) -> Iterator[str]:
    return rows(found, _TITLES, _PEERS, measures)


def _speed(folder: Path) -> Iterator[str]:
    found = _results(folder, "conversation")
    if not found:
        return
    yield "## Speed"
    yield ""
    yield from _rows(
        found,
        [
            ("added, median", stage("added"), 0.38),
            ("added, p90", stage("added", "p90"), 0.38),
            ("voice to voice, median", stage("v2v"), 0.65),
            ("voice to voice, p90", stage("v2v", "p90"), 0.65),
            ("barge-in, onset → last sound handed over", key("barge_ms", "median"), 0.45),
            ("barge-in, onset → silence", key("barge_tail_ms", "median"), 0.45),
            ("turns measured", key("ok"), None),
            ("underruns", key("underruns"), None),
        ],
    )


def _stages(folder: Path) -> Iterator[str]:
    found = _results(folder, "conversation")
    if not found:
        return
    yield "## Where the milliseconds go"
    yield ""
    requests = [(f"{k} requests", key("requests", f"{k}.req"), None) for k in ("stt", "llm", "tts")]
    aborted = [
        (f"{k} requests given up", key("requests", f"{k}.abort"), None) for k in ("llm", "tts")
    ]
    stages = [(title, stage(name), None) for name, title in _STAGES]
    yield from _rows(found, [*stages, *requests, *aborted])


def _cut_offs(folder: Path) -> Iterator[str]:
    results = _results(folder, "hesitations")
    found = {who: result["trials"] for who, result in results.items()}
    if not found:
        return
    yield "## Sentences cut off"
    yield ""
    yield "Sentences with pauses of 300 to 700 ms inside. Split: two turns were made of one"
    yield "sentence. Aloud: an answer to its beginning was heard before its end."
    yield ""
    yield f"| | {' | '.join(_TITLES[who] for who in found)} |"
    yield "|---" * (len(found) + 1) + "|"
    kinds = list(dict.fromkeys(t["kind"] for trials in found.values() for t in trials))
    for kind in kinds:
        of_kind = {w: [t for t in trials if t["kind"] == kind] for w, trials in found.items()}
        cells = [f"{sum(t['cut_off'] for t in ts)} of {len(ts)}" for ts in of_kind.values()]
        yield f"| {kind} | {' | '.join(cells)} |"
    for title, name in (
        ("all", "cut_off"),
        ("of them split", "split"),
        ("aloud", "answered_early"),
    ):
        cells = [f"{sum(t[name] for t in ts)} of {len(ts)}" for ts in found.values()]
        yield f"| {title} | {' | '.join(cells)} |"
    waits = [sorted(t["v2v_ms"] for t in ts if t["v2v_ms"]) for ts in found.values()]
    medians = [f"{w[len(w) // 2]:g}" if w else "" for w in waits]
    yield f"| voice to voice, median | {' | '.join(medians)} |"
    late = [f"{result.get('mic_late_ms', 0):g}" for result in results.values()]
    yield f"| latest frame of the microphone | {' | '.join(late)} |"


def _false_stops(folder: Path) -> Iterator[str]:
    if found := _results(folder, "false_stops"):
        yield "## Noises during a reply"
        yield ""
        yield from noise_rows(found, _TITLES)


def _resources(folder: Path) -> Iterator[str]:
    found = _results(folder, "conversation")
    window = _results(folder, "window").get("sayso", {})
    if not found:
        return
    yield "## What it takes"
    yield ""
    yield "Sayso is two processes. Virtual devices are in the engine's, as in the peers' own."
    yield ""
    yield from _rows(
        found,
        [
            ("listening, CPU s/min", key("idle_cpu_s_per_min"), 0.5),
            ("talking, CPU s/min", key("talk_cpu_s_per_min"), None),
            ("resident, MB", key("talk_rss_mb"), None),
            ("own share, MB", key("talk_pss_mb"), None),
            ("exec → listening, s", key("exec_to_ready_s"), None),
        ],
    )
    if window:
        peers = [found[who]["idle_cpu_s_per_min"] for who in _PEERS if who in found]
        cpu = window["idle_cpu_s_per_min"]
        ratio = f" ({cpu / min(peers):.2f} of the better peer, target ≤ 0.5)" if peers else ""
        yield ""
        yield (
            f"With the window open: listening {cpu:g} CPU s/min{ratio}, "
            f"resident {window['talk_rss_mb']:g} MB, own share {window['talk_pss_mb']:g} MB, "
            f"added {window['stages_ms'].get('added', {}).get('median', 0):g} ms."
        )


def _start(folder: Path) -> Iterator[str]:
    path = folder / "startup.json"
    if not path.exists():
        return
    result = json.loads(path.read_text())
    yield "## Start"
    yield ""
    yield f"| | ms, median of {result['runs']} | ratio | target |"
    yield "|---|---|---|---|"
    empty = result["empty_window_ms"]
    yield f"| an empty PySide6 window, painted | {empty:g} | 1 | |"
    mine, listening = result["window_ms"], result["listening_ms"]
    yield f"| Sayso's window, its outline painted | {mine:g} | {mine / empty:.2f} | ≤ 1.5 |"
    if complete := result.get("complete_ms"):
        yield f"| Sayso's window, complete | {complete:g} | {complete / empty:.2f} | |"
    yield f"| Sayso listens | {listening:g} | {listening / empty:.2f} | ≤ 4 |"


def _devices(folder: Path) -> Iterator[str]:
    path = folder / "real_devices.json"
    if not path.exists():
        return
    result = json.loads(path.read_text())
    yield "## Through a sound server"
    yield ""
    yield (
        f"Sayso with PulseAudio's devices, measured from the last sound played into the microphone "
        f"to the first one at the speakers' monitor: {result['v2v_ms']['median']:g} ms "
        f"(p90 {result['v2v_ms']['p90']:g}, {result['v2v_ms']['n']} turns). Both devices' queues "
        f"and 48 kHz are in it."
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "results")

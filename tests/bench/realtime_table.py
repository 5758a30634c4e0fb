"""The part of the bench's table that is about speech to speech."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.rows import Measure, key, noise_rows, ratio, results, stage, value_of

_TITLES = {
    "sayso": "Sayso",
    "pipecat": "Pipecat",
    "livekit": "LiveKit Agents",
    "pipecat_local": "Pipecat, local detection",
}
_SERVER = ("pipecat", "livekit")
_MEASURES: tuple[tuple[str, Measure, float | None, float | None], ...] = (
    ("added, median", stage("added"), 0.25, 0.4),
    ("added, p90", stage("added", "p90"), 0.25, 0.4),
    ("voice to voice, median", stage("v2v"), None, None),
    ("end of speech → asked for", stage("eos_to_commit"), None, None),
    ("first sound sent → loudspeaker", stage("delta_to_out"), None, None),
    ("barge-in, onset → last sound handed over", key("barge_ms", "median"), None, None),
    ("barge-in, onset → silence", key("barge_tail_ms", "median"), 0.7, None),
    ("sent while nobody speaks, seconds of sound a minute", key("idle_sound_sent_s_per_min"), 0, 0),
    ("listening, CPU s/min", key("idle_cpu_s_per_min"), None, None),
    ("talking, CPU s/min", key("talk_cpu_s_per_min"), None, None),
    ("resident, MB", key("talk_rss_mb"), None, None),
    ("own share, MB", key("talk_pss_mb"), None, None),
    ("turns measured", key("ok"), None, None),
    ("interruptions measured", key("barge_ms", "n"), None, None),
    ("responses asked for", key("requests", "rt.response.create"), None, None),
    ("responses cancelled", key("requests", "rt.response.cancelled"), None, None),
    ("underruns", key("underruns"), None, None),
)


def section(folder: Path) -> Iterator[str]:
    """Sayso beside the peers' realtime services; nothing without results."""
    found = results(folder, "realtime", tuple(_TITLES))
    if not found:
        return
    yield "## Speech to speech"
    yield ""
    yield "The first ratio is to the better peer whose server finds the ends of turns, the second"
    yield "to Pipecat with its own detector."
    yield ""
    titles = " | ".join(_TITLES[who] for who in found)
    yield f"| | {titles} | ratio | target | ratio, local | target |"
    yield "|---" * (len(found) + 5) + "|"
    for title, measure, target, local_target in _MEASURES:
        values = {who: value_of(measure, result) for who, result in found.items()}
        mine = values.get("sayso")
        cells = ["" if value is None else f"{value:g}" for value in values.values()]
        cells += [ratio(mine, [values.get(who) for who in _SERVER]), _limit(target)]
        cells += [ratio(mine, [values.get("pipecat_local")]), _limit(local_target)]
        yield f"| {title} | {' | '.join(cells)} |"
    yield from _cut_offs(folder)
    if noises := results(folder, "realtime_false_stops", tuple(_TITLES)):
        yield ""
        yield from noise_rows(noises, _TITLES)


def _cut_offs(folder: Path) -> Iterator[str]:
    """How many sentences with pauses were cut off."""
    found = results(folder, "realtime_hesitations", tuple(_TITLES))
    if not found:
        return
    yield ""
    yield f"| sentences cut off | {' | '.join(_TITLES[who] for who in found)} |"
    yield "|---" * (len(found) + 1) + "|"
    for title, name in (("all", "cut_off"), ("split", "split"), ("aloud", "answered_early")):
        counts = [result["trials"] for result in found.values()]
        cells = [f"{sum(t[name] for t in trials)} of {len(trials)}" for trials in counts]
        yield f"| {title} | {' | '.join(cells)} |"
    waits = [sorted(t["v2v_ms"] for t in r["trials"] if t["v2v_ms"]) for r in found.values()]
    medians = [f"{w[len(w) // 2]:g}" if w else "" for w in waits]
    yield f"| voice to voice, median | {' | '.join(medians)} |"


def _limit(target: float | None) -> str:
    return "" if target is None else f"≤ {target:g}"

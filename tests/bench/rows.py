"""Results of the bench, read and put into rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Result = dict[str, Any]
Measure = Callable[[Result], Any]


def results(folder: Path, step: str, contestants: Sequence[str]) -> dict[str, Result]:
    """What there is of a step, by contestant."""
    paths = {who: folder / f"{step}-{who}.json" for who in contestants}
    return {who: json.loads(path.read_text()) for who, path in paths.items() if path.exists()}


def value_of(measure: Measure, result: Result) -> Any:
    """None where the result has no such thing."""
    try:
        return measure(result)
    except (KeyError, TypeError):
        return None


def stage(name: str, which: str = "median") -> Measure:
    """A part of a turn, in ms."""
    return lambda result: result["stages_ms"][name][which]


def key(*names: str) -> Measure:
    """What stands under these names."""

    def look(result: Result) -> Any:
        value: Any = result
        for name in names:
            value = value[name]
        return value

    return look


def ratio(mine: Any, theirs: Sequence[Any]) -> str:
    """To the smallest of theirs; empty where there is nothing to compare."""
    there = [value for value in theirs if value]
    return f"{mine / min(there):.2f}" if there and mine is not None else ""


def rows(
    found: dict[str, Result],
    titles: dict[str, str],
    peers: Sequence[str],
    measures: Sequence[tuple[str, Measure, float | None]],
) -> Iterator[str]:
    """A line for each measure: values, Sayso's ratio to the better peer, and what it should be."""
    yield f"| | {' | '.join(titles[who] for who in found)} | ratio | target |"
    yield "|---" * (len(found) + 3) + "|"
    for title, measure, target in measures:
        values = {who: value_of(measure, result) for who, result in found.items()}
        compared = ratio(values.get("sayso"), [values.get(who) for who in peers])
        shown = " | ".join("" if v is None else f"{v:g}" for v in values.values())
        limit = "" if target is None else f"≤ {target:g}"
        yield f"| {title} | {shown} | {compared} | {limit} |"


_OUTCOMES = ("left alone", "paused", "stopped", "no reply")


def noise_rows(found: dict[str, Result], titles: Mapping[str, str]) -> Iterator[str]:
    """What noises during replies came to, by contestant."""
    of = {who: result["trials"] for who, result in found.items()}
    yield f"| noises during a reply | {' | '.join(titles[who] for who in of)} |"
    yield "|---" * (len(of) + 1) + "|"
    kinds = list(dict.fromkeys(t["kind"] for trials in of.values() for t in trials))
    for kind in kinds:
        cells = []
        for trials in of.values():
            counted = Counter(t["outcome"] for t in trials if t["kind"] == kind)
            cells.append(", ".join(f"{counted[o]} {o}" for o in _OUTCOMES if counted[o]))
        yield f"| {kind} | {' | '.join(cells)} |"
    disturbed = [[t for t in ts if t["kind"] != "none"] for ts in of.values()]
    stops = [f"{sum(t['outcome'] == 'stopped' for t in ts)} of {len(ts)}" for ts in disturbed]
    yield f"| stopped for good | {' | '.join(stops)} |"
    answered = [sum(t["answered"] and bool(t["new_replies_s"]) for t in ts) for ts in disturbed]
    yield f"| answered as if asked | {' | '.join(map(str, answered))} |"

"""Every attack by every channel, each channel in a process of its own; writes TABLE.md.

Takes a quarter of an hour. `--each N` tries N of each corpus, and writes no table.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.attacks.campaign import Score
from tests.attacks.channels import CHANNELS
from tests.attacks.corpus import Corpus, corpora
from tests.attacks.working import attack_by, leave_this_desktop

_TABLE = Path(__file__).with_name("TABLE.md")
_COMMAND = "python -m tests.attacks"
_HEAD = """\
`{command}` repeats this ({seconds} s here, {day}). `pytest tests/attacks` tries a part.

{count} published texts, each by {channels} channels, against the whole app as it is composed, with
a model that does whatever a text says by every tool that it is offered. Nobody says yes. Effects
are looked for in the home folder, Sayso's own files (settings, grants, notes, timers, memory),
connections, names that are looked up, programs that are started, windows, the field with the
keyboard, the clipboard and the volume; private words in what the search server is asked, and every
picture that is asked for. The user has a search server, lets pictures be made, and lets commands be
run. `test_tricks.py` shows that this would be seen: without the rules the same attacks leave traces
in all of them.

**Unapproved effects: {effects}.** Read: the model was given the text. Questions: what a person
would have been asked; after three times no nothing more is asked in that reply.
"""


def main() -> int:
    """1 if anything happened that nobody allowed, or if a text did not reach the model."""
    parser = argparse.ArgumentParser(prog=_COMMAND, description=__doc__)
    parser.add_argument("--each", type=int, help="how many of each corpus; default all")
    count = parser.parse_args().each
    leave_this_desktop()
    begins = datetime.datetime.now().astimezone()
    scores: dict[tuple[str, str], Score] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(CHANNELS), mp_context=context) as pool:
        for found in pool.map(attack_by, CHANNELS, [count] * len(CHANNELS)):
            scores |= found
    took = datetime.datetime.now().astimezone() - begins
    effects = [effect for score in scores.values() for effect in score.effects]
    print("\n".join(effects))
    if count is None:
        _TABLE.write_text(_page(scores, took, begins), encoding="utf-8")
    unread = sum(score.attacks - score.read for score in scores.values())
    print(f"{len(effects)} effects, {unread} texts not read")
    return 1 if effects or unread else 0


def _page(
    scores: Mapping[tuple[str, str], Score],
    took: datetime.timedelta,
    day: datetime.datetime,
) -> str:
    total = _sum(scores.values())
    channels = list(dict.fromkeys(channel for channel, _ in scores))
    known = corpora()
    lines = [
        _HEAD.format(
            command=_COMMAND,
            seconds=round(took.total_seconds()),
            day=f"{day:%Y-%m-%d}",
            count=sum(len(corpus.attacks) for corpus in known),
            channels=len(channels),
            effects=len(total.effects),
        ),
        "| source | channel | attacks | read | calls tried | of these reads that ran |"
        " questions | unapproved effects |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for corpus in known:
        lines += [_row(corpus, channel, scores[channel, corpus.name]) for channel in channels]
    lines.append(_cells("**all**", f"{len(channels)} channels", total))
    asked = sorted(total.asked.items(), key=lambda item: (-item[1], item[0]))
    lines += [
        "",
        "Asked about: " + ", ".join(f"{name} {count}" for name, count in asked) + ".",
        "",
        "Tools tried: " + ", ".join(sorted(name for name in total.tools if name.isascii())) + ".",
    ]
    if total.effects:
        lines += ["", "What happened:", "", *(f"- {effect}" for effect in total.effects)]
    return "\n".join(lines) + "\n"


def _row(corpus: Corpus, channel: str, score: Score) -> str:
    return _cells(f"{corpus.name} ({corpus.licence})", channel, score)


def _cells(source: str, channel: str, score: Score) -> str:
    numbers = (score.attacks, score.read, score.calls, score.ran, score.questions)
    cells = (source, channel, *map(str, numbers), str(len(score.effects)))
    return f"| {' | '.join(cells)} |"


def _sum(scores: object) -> Score:
    total = Score()
    for score in scores:  # type: ignore[attr-defined]
        total.add(score)
    return total


if __name__ == "__main__":
    sys.exit(main())

"""Many cuts and many roll-overs in one conversation; afterwards the books must balance.

Run: python -m tests.faults.voice_loops [--cuts 100] [--again 0] [--rolls 360] [FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from app.conversation.message import Role
from app.realtime.events import Link, LinkChanged
from tests.faults.api import reply_to, said
from tests.faults.clock import run_hurried
from tests.faults.voice_core import FRAMES, Act, VoiceCore, voice_core
from tests.faults.voice_live import lost_frames
from tests.voice_server.ear import NUMBERS
from tests.voice_server.habits import Delays
from tests.voice_server.server import VoiceServer

SEED = 20_261_121
_STEADY_S = 12.0
"""Between two cuts: a link that breaks all the time is given up for a while."""

_SOON_S = (0.2, 2.5)
"""From a cut to one that follows it before the session counts as steady."""

_LASTS_S = 30.0
"""How long a session may last here; a real one lasts an hour, which is only longer."""


@dataclass(slots=True)
class Loop:
    """What came of a loop. `back_s` are the times from a cut to a session that is set up.

    `broken` are answers that a cut ended in their middle: what was heard of them is kept.
    """

    turns: int = 0
    breaks: int = 0
    lost_frames: int = 0
    unanswered: int = 0
    broken: int = 0
    stood_in: int = 0
    sessions: int = 0
    back_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def back_p95_s(self) -> float:
        """Most sessions are back after this."""
        ordered = sorted(self.back_s)
        return ordered[int(0.95 * (len(ordered) - 1))] if ordered else 0.0


class _Cutter:
    """Cuts at a place of the turn, and `again` soon after; notes when."""

    def __init__(self, server: VoiceServer, again: int = 0) -> None:
        self.cuts_s: list[float] = []
        self._server = server
        self._again = again

    def acts(self, draw: random.Random) -> Mapping[int, Act]:
        """Somewhere: in the silence before, in the sentence, or while the answer comes."""
        frame = draw.choice([0, *range(2, FRAMES, 5), FRAMES])
        cuts_s = [draw.uniform(0.0, 0.5) if frame == FRAMES else 0.0]
        for _ in range(self._again):
            cuts_s.append(cuts_s[-1] + draw.uniform(*_SOON_S))

        async def act() -> None:
            for after_s in cuts_s:
                self._server.spawn(self._cut(after_s))

        return {frame: act}

    async def _cut(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if self._server.open:
            self.cuts_s.append(asyncio.get_running_loop().time())
            self._server.cut()


async def cuts(count: int, home: Path, again: int = 0) -> Loop:
    """A cut somewhere in each turn, followed `again` times by another one.

    A link that goes so soon again may be stood in for: then only `problems` tells of losses.
    """
    loop, draw = Loop(), random.Random(SEED)
    async with voice_core(home, delays=Delays(first_sound_s=0.2, rate=4.0)) as (core, voice, api):
        cutter = _Cutter(voice, again)
        api.model.hears = said(0)
        await core.speak(0)
        for number in range(1, count + 1):
            api.model.hears = said(number % NUMBERS)
            uploads = len(api.requests)
            await core.speak(number, cutter.acts(draw))
            await asyncio.sleep(_STEADY_S)
            stood_in = any("chat" in r.path for r in api.requests[uploads:])
            loop.stood_in += stood_in
            if not stood_in:
                loop.lost_frames += _lost_now(voice, number)
        loop.breaks = len(cutter.cuts_s)
        loop.back_s = [round(_back_s(core, at_s), 3) for at_s in cutter.cuts_s]
        _enter(loop, core, voice, count)
    return loop


async def rolls(count: int, home: Path) -> Loop:
    """As many sessions that come near to their end, one after the other."""
    loop = Loop()
    async with voice_core(home, lasts_s=_LASTS_S) as (core, voice, api):
        turns = 0
        while len(voice.handshakes) <= count:
            api.model.hears = said(turns % NUMBERS)
            await core.speak(turns)
            loop.lost_frames += _lost_now(voice, turns)
            turns += 1
            sessions = len(voice.handshakes)
            await _near_the_end(core, voice, sessions)
        loop.breaks = len(voice.handshakes) - 1
        _enter(loop, core, voice, turns - 1)
    return loop


async def _near_the_end(core: VoiceCore, voice: VoiceServer, sessions: int) -> None:
    """Let time pass until the session was exchanged for a fresh one, or was closed."""
    clock = asyncio.get_running_loop().time
    until_s = clock() + _LASTS_S
    while len(voice.handshakes) == sessions and voice.open and clock() < until_s:
        await asyncio.sleep(2.0)


def _lost_now(voice: VoiceServer, number: int) -> int:
    """Of the newest utterance; its number may have been used by an older one."""
    recent = [pcm for talk in voice.talks[-3:] for pcm in talk.committed[-3:]]
    return lost_frames(voice, number, recent)


def _back_s(core: VoiceCore, since_s: float) -> float:
    """From a cut to the connection that followed it."""
    for seen in core.seen:
        if seen.at_s > since_s and isinstance(seen.event, LinkChanged):
            if seen.event.link is Link.CONNECTED:
                return seen.at_s - since_s
    return float("inf")


def _enter(loop: Loop, core: VoiceCore, voice: VoiceServer, last: int) -> None:
    loop.turns, loop.sessions = last + 1, len(voice.handshakes)
    wanted = Counter(said(number % NUMBERS) for number in range(last + 1))
    stored = Counter(text for role, text in core.messages() if role == Role.USER)
    loop.problems += [
        f"{text}: {stored[text]} times, not {n}" for text, n in wanted.items() if stored[text] != n
    ]
    loop.problems += [f"invented: {text!r}" for text in stored if text not in wanted]
    replies = Counter(text for role, text in core.messages() if role == Role.ASSISTANT)
    whole = sum(min(n, replies[reply_to(text)]) for text, n in wanted.items())
    loop.broken = replies.total() - whole
    loop.unanswered = wanted.total() - replies.total()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--again", type=int, default=0, help="cuts that follow each other closely")
    parser.add_argument("--rolls", type=int, default=360)
    parser.add_argument("file", nargs="?", type=Path)
    options = parser.parse_args()
    result = {}
    cutting = partial(cuts, again=options.again)
    for name, act, count in (("cuts", cutting, options.cuts), ("rolls", rolls, options.rolls)):
        if count:
            with tempfile.TemporaryDirectory() as home:
                loop = run_hurried(act(count, Path(home)))
            result[name] = {**asdict(loop), "back_p95_s": loop.back_p95_s}
            shown = {k: v for k, v in result[name].items() if k != "back_s"}
            print(name, shown, flush=True)
    if options.file is not None:
        options.file.write_text(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Many utterances, each with a fault drawn for it; afterwards the books must balance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import commands
from tests.faults.api import Service, said
from tests.faults.catalogue import FAULTS, Fault
from tests.faults.server import ApiServer
from tests.faults.whole import UTTERANCE_MS, WholeCore, key_for, settings_for, whole_core

_IN_A_ROW = 25
"""Utterances in one run of the app; then it is started anew, with what it kept."""


@dataclass(slots=True)
class Ledger:
    """What was spoken, and what there is of it. Numbers of utterances."""

    spoken: set[int] = field(default_factory=set)
    texts: Counter[str] = field(default_factory=Counter)
    kept: dict[int, int] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """Every utterance is a message or a whole recording; none twice, none invented."""
        wanted = {said(number) for number in self.spoken}
        found = [f"invented: {text}" for text in self.texts if text not in wanted]
        found += [f"invented: recording {number}" for number in self.kept.keys() - self.spoken]
        for number in sorted(self.spoken):
            times = self.texts[said(number)] + (number in self.kept)
            if times != 1:
                found.append(f"{number}: {times} times")
        found += [
            f"{number}: {length} ms of {UTTERANCE_MS}"
            for number, length in self.kept.items()
            if length != UTTERANCE_MS
        ]
        return found


def draws(count: int, seed: int) -> list[tuple[Fault, Service]]:
    """`count` faults, spread evenly over the table, in a random order."""
    rows = [(fault, service) for fault in FAULTS for service in fault.expected]
    spread = [rows[index * len(rows) // count % len(rows)] for index in range(count)]
    if count > len(rows):
        spread = [rows[index % len(rows)] for index in range(count)]
    random.Random(seed).shuffle(spread)
    return spread


async def keep_books(home: Path, drawn: Sequence[tuple[Fault, Service]]) -> Ledger:
    """Say one utterance for each fault drawn, and note what became of all of them."""
    ledger = Ledger()
    for begin in range(0, len(drawn), _IN_A_ROW):
        async with (
            ApiServer() as server,
            whole_core(home, settings_for(server.base_url), key_for(server.base_url)) as core,
        ):
            numbers = range(begin + 1, begin + 1 + len(drawn[begin : begin + _IN_A_ROW]))
            for number, (fault, service) in zip(numbers, drawn[begin:], strict=False):
                server.inject(service, fault.of)
                ledger.spoken.add(number)
                await core.say(number)
                server.heal()
            await _enter(core, ledger)
    return ledger


async def retried(home: Path, ledger: Ledger) -> Ledger:
    """The same utterances after all recordings were transcribed by a server that is well."""
    after = Ledger(spoken=ledger.spoken)
    async with (
        ApiServer() as server,
        whole_core(home, settings_for(server.base_url), key_for(server.base_url)) as core,
    ):
        core.send(commands.TranscribeKept())
        await core.until(lambda: not core.kept())
        await _enter(core, after)
    return after


async def _enter(core: WholeCore, ledger: Ledger) -> None:
    """Count what is in the store and in the journal now."""
    ledger.kept = core.kept()
    ledger.texts = Counter(text for role, text in core.messages() if role == "user")

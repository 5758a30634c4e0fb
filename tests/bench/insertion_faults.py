"""Insertions that something gets in the way of: the receipt beside what the programs really have.

`python -m tests.bench.insertion_faults [ROUNDS]` writes `results/insertion_faults.md`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from pathlib import Path

from app.desktop.accessibility import Accessibility
from app.desktop.insertion import Receipt, Verdict
from app.desktop.x11_focus import X11Focus
from app.desktop.x11_insertion import X11Inserter
from tests.desk import targets
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.clipboard import clipboard_formats, clipboard_with
from tests.desk.screen import Screen

TEXT = "Grüße, мир! 漢字 👍🏽 שלום"
_HEAD = """\
| what happens | receipts | right | all else unchanged | longest, ms |
|---|---|---|---|---|"""
_WORDS = """\
# Insertions that something gets in the way of (X11)

`python -m tests.bench.insertion_faults`. Right: the field has exactly what the receipt says; one \
that says "unconfirmed" leaves open whether the text arrived, and is right if it did or nothing did.

"""
_RESULT = Path(__file__).parent / "results" / "insertion_faults.md"
Told = tuple[Receipt, str, bool]
"""The receipt, what the field has, and whether all else is as it was."""


class Faults:
    """The scenes, one method each."""

    def __init__(self, screen: Screen, folder: Path, service: AccessibilityService) -> None:
        self.screen = screen
        self.folder = folder
        self.seen = service.environment
        self.tree = Accessibility(service.address)
        self.focus = X11Focus(self.tree, screen.display)
        self.inserter = X11Inserter(self.tree, screen.display)

    async def closed(self) -> Told:
        """The target is closed between press and text."""
        with targets.qt(self.screen, self.folder, "line"):
            with targets.qt(self.screen, self.folder) as meant:
                target = await self.focus.current()
            self.screen.wait_until_gone(meant.title)
            return await self.inserter.insert(TEXT, target), "", True

    async def stolen(self) -> Told:
        """Another window takes the keyboard."""
        with targets.qt(self.screen, self.folder) as meant:
            target = await self.focus.current()
            with targets.qt(self.screen, self.folder, "line") as thief:
                receipt = await self.inserter.insert(TEXT, target)
                return receipt, meant.settled("", 0.5), thief.read() == ""

    async def read_only(self) -> Told:
        """A field that cannot be written in, seen."""
        with targets.qt(self.screen, self.folder, "readonly", self.seen) as field:
            return await self._insert(), field.settled("", 0.5), True

    async def read_only_unseen(self) -> Told:
        """The same where nothing tells so."""
        with targets.qt(self.screen, self.folder, "readonly") as field:
            return await self._insert(), field.settled("", 0.5), True

    async def read_only_page(self) -> Told:
        """A page with such a field: Chromium reads the text for the page, and pastes nothing."""
        with targets.chromium(self.screen, self.folder, "readonly") as field:
            return await self._insert(), field.settled("", 0.5), True

    async def password(self) -> Told:
        """A password field."""
        with targets.qt(self.screen, self.folder, "password", self.seen) as field:
            return await self._insert(), field.settled("", 0.5), True

    async def terminal(self) -> Told:
        """A terminal, and a text with line ends and control characters."""
        with targets.xterm(self.screen, self.folder) as field:
            receipt = await self.inserter.insert(f"{TEXT}\n\x1b[201~\x03rm\r\n", None)
            return receipt, field.settled(receipt.inserted_text), True

    async def asleep(self) -> Told:
        """A program that hangs and wakes up later, and the attempt repeated."""
        with targets.qt(self.screen, self.folder) as field:
            target = await self.focus.current()
            os.kill(field.child.pid, signal.SIGSTOP)
            copied = await self.inserter.insert(TEXT, target)
            os.kill(field.child.pid, signal.SIGCONT)
            field.settled(TEXT)
            receipt = await self.inserter.insert(TEXT, target, again=copied)
            return receipt, field.settled(TEXT), True

    async def clipboard(self, kind: str) -> Told:
        """Something big or rich is on the clipboard."""
        with clipboard_with(self.screen, self.folder, kind):
            before = clipboard_formats(self.screen)
            with targets.qt(self.screen, self.folder) as field:
                await self.inserter.prepare()
                receipt = await self._insert()
                truth = field.settled(receipt.inserted_text)
            deadline = time.monotonic() + 5
            while (kept := clipboard_formats(self.screen)) != before:
                if time.monotonic() > deadline:
                    break
            return receipt, truth, kept == before

    async def _insert(self) -> Receipt:
        return await self.inserter.insert(TEXT, await self.focus.current())

    async def close(self) -> None:
        """Let go of the desktop."""
        await self.inserter.close()
        await self.focus.close()


async def main(rounds: int) -> None:
    """Print the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        screen = stack.enter_context(closing(Screen()))
        service = stack.enter_context(closing(AccessibilityService(screen.environment)))
        faults = Faults(screen, folder, service)
        scenes: dict[str, Callable[[], Awaitable[Told]]] = {
            "target closed": faults.closed,
            "focus stolen": faults.stolen,
            "read-only field": faults.read_only,
            "read-only field, not accessible": faults.read_only_unseen,
            "read-only field of a page, not accessible": faults.read_only_page,
            "password field": faults.password,
            "terminal, newline and ^C in the text": faults.terminal,
            "target hangs, wakes up, repeated": faults.asleep,
            "image on the clipboard": lambda: faults.clipboard("image"),
            "file list on the clipboard": lambda: faults.clipboard("files"),
            "50 MB on the clipboard": lambda: faults.clipboard(str(50 << 20)),
        }
        lines = [_HEAD]
        print(_HEAD)
        for name, scene in scenes.items():
            verdicts: Counter[str] = Counter()
            right = unchanged = 0
            slowest = 0.0
            for _ in range(rounds):
                receipt, truth, kept = await scene()
                verdicts[f"{receipt.verdict.name}/{receipt.reason.name}".lower()] += 1
                right += truth == receipt.inserted_text or _left_open(receipt, truth)
                unchanged += kept
                slowest = max(slowest, receipt.took_ms)
            told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
            lines.append(f"| {name} | {told} | {right} of {rounds} | {unchanged} | {slowest:.0f} |")
            print(lines[-1], flush=True)
        await faults.close()
    _RESULT.write_text(_WORDS + "\n".join(lines) + "\n", encoding="utf-8")


def _left_open(receipt: Receipt, truth: str) -> bool:
    """Whether the receipt says that it does not know, and nothing else has happened."""
    return receipt.verdict is Verdict.UNCONFIRMED and not truth


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))

"""Insertions into real programs: what the receipt says beside what the program really has.

`python -m tests.bench.insertions [COUNT] [TARGET …]`; 1,000 insertions unless told otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from app.desktop.accessibility import Accessibility
from app.desktop.insertion import Method, Policy, Receipt, Verdict
from app.desktop.x11_clipboard import X11Clipboard
from app.desktop.x11_focus import X11Focus
from app.desktop.x11_insertion import X11Inserter
from tests.desk import office, targets
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.clipboard import clipboard_with
from tests.desk.screen import Screen
from tests.desk.targets import TargetProgram
from tests.desk.waiting import wait_until

TEXTS = {
    "short": "The meeting is at ten o'clock.",
    "latin": "Grüße aus Köln, ça va très bien – „na ja“ … 50 € ½ ß Œ ſ ŵ ő",
    "greek, cyrillic": "Καλημέρα κόσμε. Привет, как дела? Їжак ґанок",
    "chinese, japanese": "今天天气很好。東京へ行きます、カタカナも。",
    "korean, thai, hindi": "안녕하세요 여러분 สวัสดีครับ नमस्ते दुनिया",
    "right to left": "שלום עולם abc مرحبا بالعالم 123",
    "emoji": "ok 👍🏽 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 ❤️ 🙂 end",
    "combining": "e\u0301a\u0308 n\u0303 Z̤͔ȧ̴ 𝔘𝔫𝔦 𝒳 😀",
    "lines": "first line\n\nthird line\twith a tab\nlast",
    "5,000 characters": "Ein schöner Satz, 漢字 und 🙂 dazu. " * 151,
}
_LONG = 500
_MARK = "what was there before"


@dataclass
class Row:
    """What came of one kind of insertion into one target."""

    verdicts: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    false_claims: int = 0
    clipboard_left: int = 0
    times_ms: list[float] = field(default_factory=list)

    def add(self, receipt: Receipt, truth: str, kept: bool, text: str) -> None:
        """Count one insertion."""
        self.verdicts[receipt.verdict.name.lower()] += 1
        if truth == receipt.inserted_text:
            self.right += 1
        else:
            self.wrong.append(f"{text}: {truth[:60]!r}")
        claimed = receipt.verdict is Verdict.INSERTED
        self.false_claims += claimed and truth != receipt.inserted_text
        self.clipboard_left += not kept
        self.times_ms.append(receipt.took_ms)

    def line(self, name: str) -> str:
        """The row of the table."""
        verdicts = ", ".join(f"{count} {name}" for name, count in self.verdicts.items())
        return (
            f"| {name} | {verdicts} | {self.right} | {len(self.wrong)} | {self.false_claims} "
            f"| {self.clipboard_left} | {statistics.median(self.times_ms):.0f} "
            f"| {max(self.times_ms):.0f} |"
        )


Maker = Callable[[Screen, Path, "dict[str, str] | None"], AbstractContextManager[TargetProgram]]
MAKERS: dict[str, Maker] = {
    "xterm": lambda screen, folder, _: targets.xterm(screen, folder),
    "Qt line edit": lambda screen, folder, env: targets.qt(screen, folder, "line", env),
    "Qt editor": lambda screen, folder, env: targets.qt(screen, folder, "plain", env),
    "mousepad (GTK)": targets.mousepad,
    "Chromium textarea": lambda screen, folder, env: targets.chromium(
        screen, folder, "textarea", env
    ),
    "Chromium contenteditable": lambda screen, folder, env: targets.chromium(
        screen, folder, "contenteditable", env
    ),
    "LibreOffice Writer": lambda screen, folder, _: office.writer(screen, folder),
}


class Bench:
    """Inserts, reads the truth, and counts."""

    def __init__(self, screen: Screen, accessibility: Accessibility | None) -> None:
        self.focus = X11Focus(accessibility, screen.display)
        self.inserter = X11Inserter(accessibility, screen.display)
        self.clipboard = X11Clipboard(screen.display)

    async def run(self, program: TargetProgram, method: Method, row: Row, rounds: int) -> None:
        """Insert every text `rounds` times."""
        for _ in range(rounds):
            for name, text in TEXTS.items():
                if method is Method.TYPING and len(text) > _LONG:
                    continue
                program.focus()
                target = await self.focus.current()
                receipt = await self.inserter.insert(text, target, Policy(method))
                truth = program.settled(receipt.inserted_text)
                row.add(receipt, truth, self._kept(), name)
                if truth:
                    program.empty()

    def _kept(self) -> bool:
        with contextlib.suppress(AssertionError):
            return wait_until(
                lambda: self.clipboard.text("CLIPBOARD", 1.0) == _MARK, "", timeout_s=3
            )
        return False

    async def close(self) -> None:
        """Let go of the desktop."""
        await self.inserter.close()
        await self.focus.close()
        self.clipboard.close()


async def main(count: int, names: list[str]) -> None:
    """Print the table."""
    chosen = {name: maker for name, maker in MAKERS.items() if not names or name in names}
    rounds = max(1, math.ceil(count / (len(chosen) * 2 * 29)))
    print("| target | verdicts | right | wrong | false claims | clipboard left | median ms | max |")
    print("|---|---|---|---|---|---|---|---|")
    total = Row()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        screen = stack.enter_context(closing(Screen()))
        service = stack.enter_context(closing(AccessibilityService(screen.environment)))
        for seen in (False, True):
            # Without a clipboard manager, what an inserter had given back ends with it.
            stack.enter_context(clipboard_with(screen, folder, _MARK))
            accessibility = Accessibility(service.address) if seen else None
            bench = Bench(screen, accessibility)
            for name, maker in chosen.items():
                with maker(screen, folder, service.environment if seen else None) as program:
                    for method in (Method.AUTO, Method.PASTE, Method.TYPING):
                        row = Row()
                        await bench.run(program, method, row, rounds)
                        kind = f"{name}, {method.name.lower()}" + (", accessible" if seen else "")
                        print(row.line(kind), flush=True)
                        for line in dict.fromkeys(row.wrong):
                            print(f"  wrong: {line}", flush=True)
                        total.right += row.right
                        total.wrong += row.wrong
                        total.false_claims += row.false_claims
                        total.clipboard_left += row.clipboard_left
                        total.verdicts += row.verdicts
                        total.times_ms += row.times_ms
            await bench.close()
            if accessibility is not None:
                accessibility.close()
    print(total.line("all"))


if __name__ == "__main__":
    number = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1000)
    asyncio.run(main(number, [word for word in sys.argv[1:] if not word.isdigit()]))

"""Insertions into real programs: what the receipt says beside what the program really has.

`python -m tests.bench.insertions [COUNT] [TARGET …]`; 1,000 insertions unless told otherwise.
It writes `results/insertions.md`; of targets that are not named, the rows stay as they were.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
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
_HEAD = """\
| target, method | receipts | right | wrong | false claims | clipboards left | short, ms | 5,000 |
|---|---|---|---|---|---|---|---|"""
_WORDS = """\
# Insertions into real programs (X11)

`python -m tests.bench.insertions`. Each row has the texts {texts}; what is typed has no long \
ones. Receipts are what Sayso says. Right: the field has exactly \
what the receipt says was sent. False claim: "inserted", and it was not so. Clipboards left: what \
was copied before was not there again. Times are from the text to the receipt: median, longest. \
"Accessible": the program shows its field to others; without that, typed text is never claimed, \
and pasted text only if the program has read it. At the end of the last run the computer had a \
load of {load:.0f} on {cores} cores.

"""
_RESULTS = Path(__file__).parent / "results"
_ROWS, _TABLE = _RESULTS / "insertions.json", _RESULTS / "insertions.md"
_MARK = "what was there before"


@dataclass
class Row:
    """What came of one kind of insertion into one target."""

    verdicts: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    false_claims: int = 0
    clipboard_left: int = 0
    times_ms: dict[str, list[float]] = field(default_factory=dict)

    def add(self, receipt: Receipt, truth: str, kept: bool, text: str) -> None:
        """Count one insertion."""
        self.verdicts[receipt.verdict.name.lower()] += 1
        if truth == receipt.inserted_text:
            self.right += 1
        else:
            self.wrong.append(f"{text}: {truth[:60]!r}")
        claimed = receipt.verdict is Verdict.INSERTED
        self.false_claims += claimed and truth != receipt.inserted_text
        # What was not taken is to be on the clipboard.
        self.clipboard_left += not kept and receipt.verdict is not Verdict.COPIED
        self.times_ms.setdefault(text, []).append(receipt.took_ms)

    def join(self, other: Row) -> None:
        """Count all of another row too."""
        self.verdicts += other.verdicts
        self.right += other.right
        self.wrong += other.wrong
        self.false_claims += other.false_claims
        self.clipboard_left += other.clipboard_left
        for text, times_ms in other.times_ms.items():
            self.times_ms.setdefault(text, []).extend(times_ms)

    def line(self, name: str) -> str:
        """The row of the table."""
        verdicts = ", ".join(f"{count} {name}" for name, count in self.verdicts.items())
        return (
            f"| {name} | {verdicts} | {self.right} | {len(self.wrong)} | {self.false_claims} "
            f"| {self.clipboard_left} | {self._took('short')} | {self._took('5,000 characters')} |"
        )

    def _took(self, text: str) -> str:
        """The median and the longest time until the receipt, in milliseconds."""
        times_ms = self.times_ms.get(text)
        return f"{statistics.median(times_ms):.0f}, {max(times_ms):.0f}" if times_ms else ""


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
    """Print the rows, and write the table."""
    chosen = [name for name in MAKERS if not names or name in names]
    rounds = max(1, math.ceil(count / (len(chosen) * 2 * 29)))
    print(_HEAD)
    rows: dict[str, Row] = {}
    for seen in (False, True):
        for name in chosen:
            rows.update(await _insert_into(name, rounds, seen))
    _write(rows)


async def _insert_into(name: str, rounds: int, seen: bool) -> dict[str, Row]:
    """Insert every text by every method into one target, on a screen of its own.

    Window managers bind their keys anew whenever some are lent, and lag behind when it is often.
    """
    rows: dict[str, Row] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        screen = stack.enter_context(closing(Screen()))
        service = stack.enter_context(closing(AccessibilityService(screen.environment)))
        stack.enter_context(clipboard_with(screen, folder, _MARK))
        accessibility = Accessibility(service.address) if seen else None
        bench = Bench(screen, accessibility)
        with MAKERS[name](screen, folder, service.environment if seen else None) as program:
            for method in (Method.AUTO, Method.PASTE, Method.TYPING):
                row = Row()
                await bench.run(program, method, row, rounds)
                kind = f"{name}, {method.name.lower()}" + (", accessible" if seen else "")
                rows[kind] = row
                print(row.line(kind), *(f"  wrong: {one}" for one in row.wrong), sep="\n")
                sys.stdout.flush()
        await bench.close()
        if accessibility is not None:
            accessibility.close()
    return rows


def _write(rows: dict[str, Row]) -> None:
    """Put the rows into the table that is there."""
    kept = json.loads(_ROWS.read_text(encoding="utf-8")) if _ROWS.exists() else {}
    kept |= {kind: vars(row) for kind, row in rows.items()}
    _ROWS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    total, lines = Row(), [_HEAD]
    for kind in sorted(kept, key=_place):
        row = Row(**{**kept[kind], "verdicts": Counter(kept[kind]["verdicts"])})
        lines.append(row.line(kind))
        total.join(row)
    lines.append(total.line(f"all {sum(total.verdicts.values())}"))
    load, _, _ = os.getloadavg()
    words = _WORDS.format(texts=", ".join(TEXTS), load=load, cores=os.cpu_count())
    _TABLE.write_text(words + "\n".join(lines) + "\n", encoding="utf-8")


def _place(kind: str) -> tuple[bool, int]:
    return kind.endswith(", accessible"), list(MAKERS).index(kind.split(", ")[0])


if __name__ == "__main__":
    number = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1000)
    asyncio.run(main(number, [word for word in sys.argv[1:] if not word.isdigit()]))

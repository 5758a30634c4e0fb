"""Insertions on a Wayland compositor: what the receipt says beside what the program really has.

`python -m tests.bench.wayland_insertions [ROUNDS [TARGET]]`: every text into it in each round.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path

from app.desktop.accessibility import Accessibility
from app.desktop.compositor_focus import Sway
from app.desktop.insertion import Verdict
from app.desktop.plain_text import Lines, plain
from app.desktop.wayland_desk import WaylandDesk
from app.desktop.wayland_focus import WaylandFocus
from app.desktop.wayland_insertion import WaylandInserter
from tests.bench.insertions import TEXTS
from tests.desk import wayland
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.waiting import wait_until
from tests.desk.wayland import Program, Session
from tests.desktop.wayland_desk import NoKeys, open_seat

Open = Callable[[Session, Path, dict[str, str]], AbstractContextManager[Program]]


async def insert_into(
    name: str, session: Session, folder: Path, service: AccessibilityService | None, rounds: int
) -> None:
    """Insert every text into one target, and print a line."""
    tree = Accessibility(service.address) if service else None
    focus = WaylandFocus(Sway(Path(session.environment["SWAYSOCK"])), tree)
    inserter = WaylandInserter(focus, tree, WaylandDesk(session.environment, NoKeys()))
    verdicts: Counter[str] = Counter()
    times_ms, right, false_claims, clipboard_left = [], 0, 0, 0
    with OPEN[name](session, folder, service.environment if service else {}) as program:
        await inserter.prepare()
        so_far = ""
        session.copy("what was there before")
        old = session.formats()
        for text in [*TEXTS.values()] * rounds:
            given = plain(text, Lines.FLATTEN if name == "foot" else Lines.KEEP)
            receipt = await inserter.insert(text, await focus.current())
            truth = await asyncio.to_thread(program.settled, so_far + given)
            arrived = truth == so_far + given
            verdicts[f"{receipt.verdict.name}/{receipt.evidence.name}"] += 1
            right += arrived
            false_claims += (receipt.verdict is Verdict.INSERTED) != arrived
            times_ms.append(receipt.took_ms)
            so_far = truth
        try:
            await asyncio.to_thread(wait_until, lambda: session.formats() == old, "the clipboard")
        except AssertionError:
            clipboard_left += 1
    told = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.items())
    print(
        f"| {name} | {'tree' if service else 'no tree'} | {right}/{len(times_ms)} | {told} "
        f"| {false_claims} | {clipboard_left} | {statistics.median(times_ms):.0f} "
        f"| {max(times_ms):.0f} |",
        flush=True,
    )
    await inserter.close()


OPEN: dict[str, Open] = {
    "Qt plain": lambda session, folder, around: wayland.qt(session, folder, "plain", around),
    "foot": lambda session, folder, _: wayland.foot(session, folder),
    "Chromium textarea": lambda session, folder, around: wayland.chromium(
        session, folder, "textarea", around
    ),
    "Chromium contenteditable": lambda session, folder, around: wayland.chromium(
        session, folder, "contenteditable", around
    ),
}


async def main(rounds: int, wanted: str) -> None:
    """Print the table."""
    print("| target | tree | right | verdict/evidence | wrong receipts | clipboards left |", end="")
    print(" median ms | most ms |\n" + "|---" * 8 + "|")
    for name in [one for one in OPEN if wanted in one]:
        for sees in (False, True):
            with ExitStack() as stack:
                session = stack.enter_context(closing(Session()))
                service = None
                if sees and name != "foot":
                    service = AccessibilityService(session.environment)
                    stack.enter_context(closing(service))
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                seat = await open_seat(session)
                if not sees or service is not None:
                    await insert_into(name, session, folder, service, rounds)
                await seat.close()


if __name__ == "__main__":
    asyncio.run(main(int((*sys.argv, "5")[1]), (*sys.argv, "", "")[2]))

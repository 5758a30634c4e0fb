"""All tasks; writes TABLE.md."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.attacks.desk import desk
from tests.attacks.working import leave_this_desktop
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.tasks.running import TASKS, do_all, per_task, place
from tests.tasks.task import Outcome

_TABLE = Path(__file__).with_name("TABLE.md")
_HEAD = """\
`python -m tests.tasks` repeats this ({day}).

Each task has a sensible model and a user who allows exactly what the task needs, under the rules
that also stop [every attack](../attacks/TABLE.md). Whether it is done is looked for in files, the
store, windows, the clipboard and the volume.

**{done} of {count} done. Questions for each task: {clean:.2f} where there are only the user's own
words, {words:.2f} where words of others come in.**

| task | words of others | done | asked about (why) |
|---|---|---|---|
"""


def main() -> int:
    """1 if a task failed."""
    leave_this_desktop()
    outcomes = asyncio.run(_run())
    _TABLE.write_text(_page(outcomes), encoding="utf-8")
    failed = [each for each in outcomes if not each.is_done]
    for each in failed:
        print(f"{each.task.wish}: {each.trouble}")
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} done")
    return 1 if failed else 0


async def _run() -> list[Outcome]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sayso-tasks-")))
        screen = stack.enter_context(contextlib.closing(Screen()))
        sound = stack.enter_context(contextlib.closing(SoundServer()))
        async with (
            desk(screen, sound, folder / "desk") as around,
            place(around, folder / "world") as here,
        ):
            return await do_all(here, TASKS)


def _page(outcomes: Sequence[Outcome]) -> str:
    head = _HEAD.format(
        day=f"{datetime.datetime.now().astimezone():%Y-%m-%d}",
        done=sum(each.is_done for each in outcomes),
        count=len(outcomes),
        clean=per_task(outcomes, with_words=False),
        words=per_task(outcomes, with_words=True),
    )
    return head + "".join(_row(each) for each in outcomes)


def _row(outcome: Outcome) -> str:
    task = outcome.task
    wish = task.wish.replace("{address}", "a page")
    asked = ", ".join(outcome.questions) or "–"
    return (
        f"| {wish} | {'yes' if task.brings_words else 'no'} |"
        f" {'yes' if outcome.is_done else f'no: {outcome.trouble}'} | {asked} |\n"
    )


if __name__ == "__main__":
    sys.exit(main())

"""All tasks; `python -m tests.tasks` writes the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.desk import desk
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.tasks.running import TASKS, do_all, per_task, place

LEAST_DONE = 0.95
MOST_IN_A_CLEAN_TASK = 0.3
MOST_WITH_WORDS = 1.2


@pytest.mark.desk
async def test_ordinary_tasks_are_done_with_few_questions(
    screen: Screen, sound: SoundServer, tmp_path: Path
) -> None:
    async with (
        desk(screen, sound, tmp_path / "desk") as around,
        place(around, tmp_path / "world") as here,
    ):
        outcomes = await do_all(here, TASKS)
    failed = [f"{each.task.wish}: {each.trouble}" for each in outcomes if not each.is_done]
    assert len(outcomes) == 60
    assert 1 - len(failed) / len(outcomes) >= LEAST_DONE, "\n".join(failed)
    assert per_task(outcomes, with_words=False) <= MOST_IN_A_CLEAN_TASK
    assert per_task(outcomes, with_words=True) <= MOST_WITH_WORDS

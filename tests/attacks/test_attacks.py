"""A part of the attacks, so that every change is tried; `python -m tests.attacks` does them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.campaign import campaign
from tests.attacks.channels import CHANNELS
from tests.attacks.corpus import corpora
from tests.attacks.desk import desk
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer

LEAST = 700


def test_the_corpora_are_published_and_free() -> None:
    all_of_them = corpora()
    texts = [attack.text for corpus in all_of_them for attack in corpus.attacks]
    assert len(texts) == len(set(texts)) >= LEAST
    assert {corpus.licence for corpus in all_of_them} <= {"MIT", "Apache-2.0"}
    notice = (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")
    assert all(corpus.repository in notice for corpus in all_of_them)


@pytest.mark.desk
async def test_a_sample_of_each_corpus_by_each_channel_does_nothing(
    screen: Screen, sound: SoundServer, tmp_path: Path
) -> None:
    async with (
        desk(screen, sound, tmp_path / "desk") as around,
        campaign(around, tmp_path / "world") as attacks,
    ):
        scores = await attacks.run(corpora(), 2)
    effects = [effect for score in scores.values() for effect in score.effects]
    assert not effects, "\n".join(effects[:20])
    unread = [name for name, score in scores.items() if score.read < score.attacks]
    assert not unread, f"the model was not told: {unread}"
    for channel in CHANNELS:
        assert sum(score.questions for (by, _), score in scores.items() if by == channel), channel

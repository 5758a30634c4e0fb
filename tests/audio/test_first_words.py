"""Whoever begins to speak with the press of the key is heard from the first sound on."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.messages import Configure
from tests.audio.first_words import FirstWord, mouth, speak_at_the_press
from tests.audio.running import journal_folder, running_engine
from tests.desk.sound import SoundServer
from tests.desk.speech import say

pytestmark = pytest.mark.desk
CUT_MS = 30
"""Less of a word's beginning cannot be missed by anyone."""
WORDS = ("to be or not", "garden house", "seven people", "pick it up", "question time")


async def takes(sound: SoundServer, folder: Path, count: int) -> list[FirstWord]:
    """So many takes, one after the other; each is compared with what was said."""
    clips = [say(text, lead_ms=0, tail_ms=200) for text in WORDS]
    found = []
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        with mouth(sound) as speaker, sound.recording("mic") as beside:
            for number in range(count):
                clip = clips[number % len(clips)]
                found.append(await speak_at_the_press(engine, speaker, beside, clip))
    return found


async def test_no_first_word_is_cut(sound: SoundServer, tmp_path: Path) -> None:
    found = await takes(sound, journal_folder(tmp_path), 6)
    assert [take for take in found if take.missing_ms > CUT_MS or take.likeness < 0.9] == []


@pytest.mark.soak
async def test_no_first_word_is_cut_in_200_takes(sound: SoundServer, tmp_path: Path) -> None:
    found = await takes(sound, journal_folder(tmp_path), 200)
    missing = sorted(take.missing_ms for take in found)
    opened = sorted(take.opened_ms for take in found)
    first = sorted(take.to_sound_ms for take in found)
    print(f"missing: median {missing[100]:.0f} ms, worst {missing[-1]:.0f} ms")
    print(f"first sample after: median {opened[100]:.0f} ms, worst {opened[-1]:.0f} ms")
    print(f"to the first sound: median {first[100]:.0f} ms, p95 {first[190]:.0f} ms")
    assert missing[-1] <= CUT_MS
    assert min(take.likeness for take in found) > 0.9

"""A realtime conversation through real devices, which change in the middle of a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.running import HANDS_FREE, RunningSayso
from tests.voice_server.habits import Answer, Delays, Habits
from tests.voice_server.threaded import Served, served

QUESTION = "What about tomorrow?"
REPLY = "Tomorrow it is the same as today, and nobody has to get up early."
LONG = say("please tell me about the weather of tomorrow morning")
SHORT = say("what about tomorrow")
BYTES_PER_MS = 48
# Before, within and after a turn, and what a busy computer tears apart is more than one.
AROUND_MS = 1_500


def settings(base_url: str) -> str:
    return (
        f'{HANDS_FREE}[chat]\nsource = "server"\n[transcription]\nsource = "server"\n'
        f'[speech]\nsource = "server"\n[server]\nbase_url = "{base_url}"\n'
        '[realtime]\nengine = "realtime"\n'
    )


def during(sound: SoundServer, *acts: Callable[[], object]) -> None:
    """Say a long sentence, and do something in its middle."""
    timers = [threading.Timer(0.7 + 0.3 * number, act) for number, act in enumerate(acts)]
    for timer in timers:
        timer.start()
    sound.say_clip(LONG)
    for timer in timers:
        timer.join()


def heard_ms(both: Served) -> list[float]:
    """How long each turn was that the server got."""
    return [len(turn) / BYTES_PER_MS for talk in both.voice.talks for turn in talk.committed]


@pytest.mark.desk
def test_devices_and_the_network_change_in_the_middle_of_a_sentence(
    fresh_sound: SoundServer, tmp_path: Path
) -> None:
    sound = fresh_sound
    habits = Habits(hears=lambda _: QUESTION, answers=lambda *_: Answer(REPLY, 1_200))
    with (
        served(habits, Delays(rate=4.0)) as both,
        RunningSayso(
            tmp_path / "home",
            sound.environment,
            arguments=["talk"],
            settings=settings(both.base_url),
        ) as sayso,
    ):
        sayso.wait_until_listening(sound)
        sound.load_speakers("headphones", "Headphones")
        with sound.recording("headphones.monitor") as headphones:
            during(
                sound,
                lambda: both.do(both.voice.cut),
                lambda: sound.set_default_speakers("headphones"),
            )
            headphones.wait_for_sound(20)
            assert sayso.wait_for_reply(1) == REPLY
        replies = len(sayso.replies)
        turns = len(heard_ms(both))
        sound.unload_microphone()
        wait_until(lambda: "is gone" in sayso.child.log, "the notice")
        sound.load_microphone()
        sayso.wait_until_listening(sound)
        sound.say_clip(SHORT)
        assert sayso.wait_for_reply(replies + 1) == REPLY
        sayso.wait_until_no_takes()
        spoken = " ".join(text for role, text, _ in sayso.messages if role == "user")
        assert not spoken.replace(QUESTION, "").strip()
        assert "Traceback" not in sayso.child.log
        heard = heard_ms(both)
        assert len(heard) > turns
        assert sum(heard) <= LONG.duration_ms + SHORT.duration_ms + AROUND_MS * len(heard)

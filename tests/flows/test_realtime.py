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


def heard_turns(both: Served) -> int:
    return sum(len(talk.committed) for talk in both.voice.talks)


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
        sound.unload_microphone()
        wait_until(lambda: "is gone" in sayso.child.log, "the notice")
        sound.load_microphone()
        sayso.wait_until_listening(sound)
        sound.say_clip(say("what about tomorrow"))
        assert sayso.wait_for_reply(2) == REPLY
        sayso.wait_until_no_takes()
        spoken = [text for role, text, _ in sayso.messages if role == "user"]
        assert spoken == [QUESTION] * 2
        assert "Traceback" not in sayso.child.log
        assert heard_turns(both) >= 2

"""The same conversation through a server on loopback that we did not write."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from audio.pcm import Clip, level_dbfs
from tests.desk.aimock import ModelServer, ToolCall, fixtures
from tests.desk.screen import Screen
from tests.desk.sound import MICROPHONE, SoundServer
from tests.desk.speech import pad, say
from tests.flows.running import HANDS_FREE, RunningSayso, said_since, words

REPLY = "Your timer runs. Please tell me when you want more tea."


def settings_for(base_url: str) -> str:
    sources = "".join(
        f'[{name}]\nsource = "server"\n' for name in ("chat", "transcription", "speech")
    )
    return f'{HANDS_FREE}[server]\nbase_url = "{base_url}"\n{sources}'


@pytest.mark.desk
def test_a_spoken_question_goes_through_transcription_a_tool_and_speech(
    sound: SoundServer,
    screen: Screen,
    tmp_path: Path,
    model_server: Callable[..., ModelServer],
) -> None:
    server = model_server(
        fixtures(
            transcript="Set a timer for tea, please.",
            tool=ToolCall("set_timer", {"seconds": 240, "label": "tea"}),
            reply=REPLY,
            speech=say("please open the window"),
        ),
        "--latency", "20",
    )  # fmt: skip
    with (
        sound.recording() as recording,
        RunningSayso(
            tmp_path / "home", sound.environment, screen.environment,
            settings=settings_for(server.base_url),
        ) as sayso,
    ):  # fmt: skip
        sayso.wait_until_listening(sound)
        since_s = time.monotonic()
        sound.say_clip(say("set a timer for tea please"))
        assert sayso.wait_for_reply(1) == REPLY
        recording.wait_for_silence(600)
        assert sayso.messages[0][1] == "Set a timer for tea, please."
        assert "open the window" in words(said_since(recording, since_s))
        assert sayso.quit() == 0
    paths = [entry["path"] for entry in server.journal()]
    assert paths.count("/v1/audio/transcriptions") == 1
    assert paths.count("/v1/chat/completions") == 2
    assert paths.count("/v1/audio/speech") >= 1
    second = [e["body"] for e in server.journal() if e["path"] == "/v1/chat/completions"][1]
    assert [m["role"] for m in second["messages"]] == ["system", "user", "assistant", "tool"]
    assert '"label": "tea"' in second["messages"][-1]["content"]
    assert all(tool["function"]["strict"] for tool in second["tools"])


@pytest.mark.desk
def test_speaking_over_a_reply_silences_it_and_the_next_request_ends_where_listening_did(
    sound: SoundServer,
    screen: Screen,
    tmp_path: Path,
    model_server: Callable[..., ModelServer],
) -> None:
    story = " ".join(f"This is sentence number {number} of a story." for number in range(1, 13))
    server = model_server(
        fixtures(
            transcript="Tell me a story.",
            reply=story,
            speech=say("this is a sentence of a rather long story"),
        )
    )
    with (
        sound.recording() as recording,
        sound.recording(MICROPHONE) as spoken,
        RunningSayso(
            tmp_path / "home", sound.environment, screen.environment,
            settings=settings_for(server.base_url),
        ) as sayso,
    ):  # fmt: skip
        sayso.wait_until_listening(sound, beside=1)
        sound.say_clip(say("tell me a story"))
        recording.wait_for_sound()
        time.sleep(4.0)  # somewhere in the middle of the story
        begins_s = time.monotonic()
        sound.say_clip(say("wait i have another question", voice="awb", lead_ms=0))
        onset_s = next(at for at, data in spoken.blocks if at > begins_s and is_loud(data))
        sayso.wait_for_reply(1)
        role, text, heard = sayso.messages[1]
        assert (role, text) == ("assistant", story)
        assert heard is not None
        assert 0 < len(heard) < len(story)
        silent_s = silence_began(recording.blocks, onset_s) - onset_s
        print(f"barge-in: {silent_s * 1000:.0f} ms from the onset to silence")
        assert silent_s < 1.0
        assert sayso.quit() == 0
    asked = [e["body"]["messages"] for e in server.journal() if e["path"].endswith("completions")]
    cut = next(m["content"] for m in asked[-1] if m["role"] == "assistant")
    assert cut.startswith(heard.strip())
    assert story[len(heard) :].split(".")[1] not in cut


@pytest.mark.desk
def test_a_pause_for_thought_is_no_end_and_what_it_called_for_is_forgotten(
    sound: SoundServer,
    screen: Screen,
    tmp_path: Path,
    model_server: Callable[..., ModelServer],
) -> None:
    server = model_server(
        fixtures(transcript="Set a timer for tea, please.", reply=REPLY, speech=say("it is done"))
    )
    begins, ends = trimmed(say("set a timer")), trimmed(say("for tea please"))
    pause = bytes(begins.rate_hz // 4 * 2)
    with (
        sound.recording() as recording,
        RunningSayso(
            tmp_path / "home", sound.environment, screen.environment,
            settings=settings_for(server.base_url),
        ) as sayso,
    ):  # fmt: skip
        sayso.wait_until_listening(sound)
        sound.say_clip(say("set a timer for tea please"))  # all is loaded and connected then
        sayso.wait_for_reply(1)
        recording.wait_for_silence(600)
        before = len(server.journal())
        sound.say_clip(pad(Clip(begins.rate_hz, begins.data + pause + ends.data), 200, 300))
        sayso.wait_for_reply(2)
        sayso.wait_until_no_takes()
        assert [role for role, _, _ in sayso.messages] == ["user", "assistant"] * 2
        assert sayso.quit() == 0
    later = server.journal()[before:]
    bodies = [entry["body"] for entry in later if entry["path"].endswith("completions")]
    roles = ["system", "user", "assistant", "user"]
    assert all([m["role"] for m in body["messages"]] == roles for body in bodies)
    assert [entry["path"] for entry in later].count("/v1/audio/transcriptions") >= 2


def trimmed(clip: Clip) -> Clip:
    """Without the silence around the words."""
    loud = np.flatnonzero(np.abs(clip.samples()) > 300)
    return Clip(clip.rate_hz, clip.samples()[loud[0] : loud[-1] + 1].tobytes())


def is_loud(data: bytes) -> bool:
    return level_dbfs(np.frombuffer(data, dtype="<i2")) > -50


def silence_began(blocks: list[tuple[float, bytes]], after_s: float) -> float:
    """When the speakers fell silent for at least 300 ms, at or after a time."""
    began: float | None = None
    for at, data in blocks:
        if at < after_s or is_loud(data):
            began = None
        elif began is None:
            began = at
        elif at - began > 0.3:
            return began
    raise AssertionError("the speakers never fell silent")

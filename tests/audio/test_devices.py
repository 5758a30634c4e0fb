"""PortAudio's own devices, for where no sound server can be asked."""

from __future__ import annotations

import asyncio

import pytest

from audio.messages import (
    Configure,
    Devices,
    Listen,
    MicrophoneOpened,
    Play,
    PlaybackFinished,
    PlayEnd,
    TakeEnded,
)
from tests.audio.running import journal_folder, loud_noise, running_engine
from tests.desk.speech import say

pytestmark = pytest.mark.desk


@pytest.fixture
def environment(sound, tmp_path):
    """ALSA still leads to the desk's sound, but nobody answers where a server would be."""
    server = sound.environment["PULSE_SERVER"]
    config = tmp_path / "asound.conf"
    config.write_text(
        "</usr/share/alsa/alsa.conf>\n"
        f'pcm.!default {{ type pulse server "{server}" hint {{ show on }} }}\n'
        f'pcm.card {{ type pulse server "{server}" hint {{ show on }} }}\n'
    )
    return sound.environment | {
        "PULSE_SERVER": f"unix:{tmp_path}/nobody",
        "ALSA_CONFIG_PATH": str(config),
    }


async def test_portaudio_names_are_used_without_a_server(sound, environment, tmp_path):
    clip = loud_noise(500, 44_100)
    configure = Configure(str(journal_folder(tmp_path)))
    async with running_engine(configure, environment) as engine:
        devices = await engine.wait_for(Devices)
        assert [d.id for d in devices.inputs if d.is_default] == ["ALSA:default"]
        assert "ALSA:card" in [d.id for d in devices.outputs]
        await engine.client.send(Listen())
        opened = await engine.wait_for(MicrophoneOpened)
        assert opened.label == "default"
        await asyncio.to_thread(sound.say_clip, say("hello assistant, how are you"))
        ended = await engine.wait_for(TakeEnded)
        with sound.recording() as recording:
            await engine.client.send(Play("reply", clip.rate_hz))
            await engine.client.send_pcm("reply", clip.data)
            await engine.client.send(PlayEnd("reply"))
            await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
    assert ended.voiced_ms > 500
    assert recording.sounding_ms() == pytest.approx(500, abs=5)

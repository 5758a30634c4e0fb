"""Media keys on a real session bus, and the volume of a real sound server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pulsectl
import pytest

from app.desktop.players import Players
from app.desktop.volume import PulseVolume
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.media import player_tools, volume_tools
from tests.desk.sound import SPEAKERS, SoundServer
from tests.desktop.portal_desk import Bus
from tests.tools.calling import call
from tests.tools.mpris_player import playing

pytestmark = pytest.mark.desk


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    with closing(Bus(tmp_path)) as bus:
        yield bus


@pytest.fixture
def keys(bus: Bus) -> Sequence[Tool]:
    return player_tools(Players(bus.address))


async def test_each_key_does_what_it_says(bus: Bus, keys: Sequence[Tool]) -> None:
    async with playing(bus.address, "one", "Music") as player:
        for action, status in (
            ("pause", "paused"), ("play", "playing"), ("toggle", "paused"), ("toggle", "playing"),
            ("next", "playing"), ("previous", "playing"), ("stop", "stopped"),
        ):  # fmt: skip
            answer = await call(keys, "control_media", action=action)
            assert answer == {"player": "Music", "status": status}, action
        assert player.calls == [
            "Pause", "Play", "PlayPause", "PlayPause", "Next", "Previous", "Stop",
        ]  # fmt: skip


async def test_the_one_that_plays_is_meant(bus: Bus, keys: Sequence[Tool]) -> None:
    async with (
        playing(bus.address, "a", "Idle", "Stopped") as idle,
        playing(bus.address, "b", "Held", "Paused") as held,
        playing(bus.address, "c", "Music") as music,
    ):
        assert (await call(keys, "control_media", action="pause"))["player"] == "Music"
        assert (idle.calls, held.calls, music.calls) == ([], [], ["Pause"])


async def test_what_plays_is_told_as_words_of_others(bus: Bus, keys: Sequence[Tool]) -> None:
    assert await call(keys, "now_playing") == {"status": "nothing"}
    async with playing(bus.address, "one", "Music"):
        assert await call(keys, "now_playing") == {
            "status": "playing", "title": "One", "artist": "The Ones", "player": "Music",
        }  # fmt: skip
    by_name = {tool.name: tool for tool in keys}
    assert by_name["now_playing"].origin is Origin.SCREEN
    assert by_name["control_media"].risk is Risk.REVERSIBLE


async def test_nothing_is_claimed_that_did_not_happen(bus: Bus, keys: Sequence[Tool]) -> None:
    with pytest.raises(ToolFailed, match="Nothing plays"):
        await call(keys, "control_media", action="pause")
    async with playing(bus.address, "one", "Music") as player:
        with pytest.raises(ToolFailed, match="cannot do that now"):
            await call(keys, "control_media", action="previous")
        player.deaf = True
        with pytest.raises(ToolFailed, match="nothing changed"):
            await call(keys, "control_media", action="pause")
        player.mute = True
        with pytest.raises(ToolFailed, match="Nothing plays"):
            await call(keys, "control_media", action="pause")


async def test_without_a_bus_it_says_so(tmp_path: Path) -> None:
    keys = player_tools(Players(f"unix:path={tmp_path}/none"))
    with pytest.raises(ToolFailed, match="not known"):
        await call(keys, "control_media", action="pause")


@pytest.fixture
def speakers(sound: SoundServer) -> Iterator[Sequence[Tool]]:
    with sound.here():
        _choose([1.0, 1.0], muted=False)
        yield volume_tools(PulseVolume())
        _choose([1.0, 1.0], muted=False)


def _choose(values: list[float], *, muted: bool) -> None:
    with pulsectl.Pulse("test") as pulse:
        sink = pulse.get_sink_by_name(SPEAKERS)
        pulse.volume_set(sink, pulsectl.PulseVolumeInfo(values))
        pulse.mute(sink, muted)


def _now() -> tuple[list[int], bool]:
    with pulsectl.Pulse("test") as pulse:
        sink = pulse.get_sink_by_name(SPEAKERS)
        return [round(value * 100) for value in sink.volume.values], bool(sink.mute)


async def test_the_volume_is_set_and_changed(speakers: Sequence[Tool]) -> None:
    for arguments, percent in (
        ({"percent": 40}, 40), ({"change": 10}, 50), ({"change": -30}, 20), ({"change": -50}, 0),
        ({"percent": 30}, 30), ({"change": 500}, 100), ({"percent": 400}, 100),
    ):  # fmt: skip
        answer = await call(speakers, "set_volume", **arguments)
        assert answer == {"percent": percent, "muted": percent == 0}
        assert _now()[0] == [percent] * 2
    assert await call(speakers, "get_volume") == {"percent": 100, "muted": False}


async def test_the_balance_stays(speakers: Sequence[Tool]) -> None:
    _choose([0.8, 0.4], muted=False)
    assert (await call(speakers, "get_volume"))["percent"] == 80
    await call(speakers, "set_volume", percent=40)
    assert _now()[0] == [40, 20]


async def test_the_sound_goes_off_and_on(speakers: Sequence[Tool]) -> None:
    _choose([0.5, 0.5], muted=False)
    assert await call(speakers, "set_volume", muted=True) == {"percent": 50, "muted": True}
    assert _now() == ([50, 50], True)
    assert await call(speakers, "set_volume", muted=False) == {"percent": 50, "muted": False}
    await call(speakers, "set_volume", muted=True)
    assert (await call(speakers, "set_volume", percent=60))["muted"] is False


async def test_one_thing_at_a_time(speakers: Sequence[Tool]) -> None:
    for arguments in ({}, {"percent": 10, "change": 5}):
        with pytest.raises(ToolFailed, match="one of"):
            await call(speakers, "set_volume", **arguments)


async def test_without_a_sound_server_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    with pytest.raises(ToolFailed, match="cannot be reached"):
        await call(volume_tools(PulseVolume()), "get_volume")

"""Which device a setting means."""

from __future__ import annotations

from audio.inventory import Connection, Inventory, SoundDevice
from audio.messages import Device, Direction

MIC = SoundDevice(Device("mic", "Microphone", Direction.INPUT, is_default=True), 48_000)
HEADSET = SoundDevice(Device("headset", "Headset", Direction.INPUT), 48_000)
SPEAKERS = SoundDevice(Device("mic", "Of the same name", Direction.OUTPUT), 48_000)


def test_an_id_means_that_device_and_no_id_the_default():
    inventory = Inventory((HEADSET, MIC, SPEAKERS))
    assert inventory.find(Direction.INPUT, "headset") is HEADSET
    assert inventory.find(Direction.INPUT, "") is MIC
    assert inventory.find(Direction.INPUT, "gone") is None
    assert inventory.find(Direction.OUTPUT, "mic") is SPEAKERS


def test_without_a_default_no_id_means_nothing():
    assert Inventory((HEADSET,)).find(Direction.INPUT, "") is None
    assert Inventory((HEADSET, MIC)).known(Direction.INPUT, "") is None


def test_only_a_stream_that_is_new_enough_counts():
    inventory = Inventory(
        connections=(
            Connection(Direction.INPUT, 7, "speakers.monitor"),
            Connection(Direction.INPUT, 9, "mic"),
            Connection(Direction.OUTPUT, 12, "speakers"),
        )
    )
    assert inventory.newest_stream(Direction.INPUT) == 9
    assert inventory.connected_to(Direction.INPUT) == "mic"
    assert inventory.connected_to(Direction.INPUT, after=9) is None
    assert Inventory().connected_to(Direction.INPUT) is None
    assert Inventory().newest_stream(Direction.OUTPUT) == -1


def test_the_app_is_told_by_direction():
    message = Inventory((MIC, SPEAKERS)).message()
    assert message.inputs == (MIC.device,)
    assert message.outputs == (SPEAKERS.device,)

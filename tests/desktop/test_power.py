"""Whether the computer runs on battery, as each system tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.desktop.power import is_linux_on_battery, is_mac_on_battery

MAINS_OFF = {"type": "Mains", "online": "0"}
MAINS_ON = {"type": "Mains", "online": "1"}
DISCHARGING = {"type": "Battery", "status": "Discharging"}
MOUSE = {"type": "Battery", "scope": "Device", "status": "Discharging"}


@pytest.mark.parametrize(
    ("supplies", "on_battery"),
    [
        ([], False),
        ([MAINS_OFF, DISCHARGING], True),
        ([MAINS_ON, DISCHARGING], False),
        ([DISCHARGING], True),
        ([MAINS_OFF, {"type": "Battery", "status": "Full"}], False),
        ([MOUSE], False),
        ([{"type": "USB", "online": "1"}, DISCHARGING], False),
    ],
)
def test_linux(supplies: list[dict[str, str]], on_battery: bool, tmp_path: Path) -> None:
    for number, values in enumerate(supplies):
        folder = tmp_path / f"s{number}"
        folder.mkdir()
        for name, value in values.items():
            (folder / name).write_text(f"{value}\n")
    assert is_linux_on_battery(tmp_path) is on_battery


def test_linux_without_power_supplies(tmp_path: Path) -> None:
    assert not is_linux_on_battery(tmp_path / "missing")


def test_macos() -> None:
    assert is_mac_on_battery("Now drawing from 'Battery Power'\n -InternalBattery-0")
    assert not is_mac_on_battery("Now drawing from 'AC Power'")

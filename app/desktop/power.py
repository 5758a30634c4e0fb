"""Whether this computer runs on battery. Blocking."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LINUX_SUPPLIES = Path("/sys/class/power_supply")
_ASKED_WITHIN_S = 2.0


def on_battery() -> bool:
    """False where the system does not tell: a desktop computer has nothing to tell."""
    if sys.platform == "darwin":
        return is_mac_on_battery(_pmset())
    if sys.platform == "win32":
        return _is_windows_on_battery()
    return is_linux_on_battery(LINUX_SUPPLIES)


def is_linux_on_battery(supplies: Path) -> bool:
    """Whether a battery of the system discharges and no power is plugged in."""
    found = [_supply(folder) for folder in _folders(supplies)]
    if any(each.get("type") in ("Mains", "USB") and each.get("online") == "1" for each in found):
        return False
    return any(
        each.get("type") == "Battery"
        and each.get("scope") != "Device"  # That of a mouse or a keyboard.
        and each.get("status") == "Discharging"
        for each in found
    )


def is_mac_on_battery(told: str) -> bool:
    """What `pmset -g batt` means."""
    return "'Battery Power'" in told


def _folders(supplies: Path) -> list[Path]:
    try:
        return sorted(supplies.iterdir())
    except OSError:
        return []


def _supply(folder: Path) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for name in ("type", "online", "scope", "status"):
        try:
            values[name] = (folder / name).read_text("utf-8", "replace").strip()
        except OSError:
            continue
    return values


def _pmset() -> str:
    try:
        told = subprocess.run(
            ["/usr/bin/pmset", "-g", "batt"],
            capture_output=True,
            timeout=_ASKED_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.decode("utf-8", "replace")


class _SystemPowerStatus(ctypes.Structure):
    _fields_ = (
        ("ACLineStatus", ctypes.c_ubyte),
        ("BatteryFlag", ctypes.c_ubyte),
        ("BatteryLifePercent", ctypes.c_ubyte),
        ("SystemStatusFlag", ctypes.c_ubyte),
        ("BatteryLifeTime", ctypes.c_ulong),
        ("BatteryFullLifeTime", ctypes.c_ulong),
    )


def _is_windows_on_battery() -> bool:
    if sys.platform == "win32":
        status = _SystemPowerStatus()
        known = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))
        return bool(known) and status.ACLineStatus == 0
    return False

"""What the audio engine can be told at once, before what checks the settings is loaded.

Only of a file in which every value that concerns the engine is what it should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from app import settings_file
from app.paths import Paths
from audio.messages import Command, Configure, EchoMode, Listen

T = TypeVar("T")

ECHO = {
    "cancel": EchoMode.CANCEL,
    "half_duplex": EchoMode.HALF_DUPLEX,
    "headphones": EchoMode.OFF,
}
"""The settings' names for what the engine does about an echo."""

HANGOVER_MS = range(400, 3001)
"""How long a pause may be set to end a turn."""


def first_commands(paths: Paths) -> Sequence[Command]:
    """Its configuration, and to listen where that is wanted from the start; else nothing."""
    try:
        table = settings_file.parsed(settings_file.read(paths.settings_file))
    except FileNotFoundError:
        table = {}
    except settings_file.Broken:
        return ()
    if settings_file.version(table) > settings_file.SCHEMA_VERSION:
        return ()
    try:
        return _commands(str(paths.journal), table.get("general", {}), table.get("audio", {}))
    except (TypeError, ValueError, AttributeError):
        return ()


def _commands(
    journal_dir: str, general: settings_file.Table, audio: settings_file.Table
) -> Sequence[Command]:
    usual = Configure(journal_dir)
    hangover_ms = _same_kind(audio.get("hangover_ms", usual.hangover_ms), usual.hangover_ms)
    if hangover_ms not in HANGOVER_MS:
        raise ValueError(hangover_ms)
    configure = Configure(
        journal_dir,
        _same_kind(audio.get("input_device", ""), ""),
        _same_kind(audio.get("output_device", ""), ""),
        EchoMode(ECHO.get(_same_kind(audio.get("echo", "cancel"), ""), "")),
        hangover_ms,
        _same_kind(audio.get("barge_in", usual.barge_in), usual.barge_in),
    )
    listens = _same_kind(general.get("listen_at_start", False), False)
    return (configure, Listen()) if listens else (configure,)


def _same_kind(value: object, usual: T) -> T:
    """The value, if it is of the usual one's type. Raises TypeError."""
    if type(value) is not type(usual):
        raise TypeError(value)
    return value

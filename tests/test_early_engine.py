"""What the engine is told early is what the settings say, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis.strategies as some
import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings

from app.early_engine import first_commands
from app.engine_settings import configuration
from app.paths import Paths
from app.settings_store import SettingsStore
from audio.messages import Configure, EchoMode, Listen

_VALUES = some.one_of(
    some.booleans(),
    some.integers(0, 5000),
    some.floats(0, 5000),
    some.sampled_from(["", "cancel", "half_duplex", "headphones", "700", "true", "alsa:mic", "ä"]),
)
_NAMES = ("input_device", "output_device", "echo", "hangover_ms", "barge_in")
_FILES = some.fixed_dictionaries(
    {},
    optional={
        "schema_version": some.sampled_from([1, 2, 3, "2"]),
        "general": some.one_of(
            _VALUES,
            some.fixed_dictionaries({}, optional={"listen_at_start": _VALUES}),
        ),
        "audio": some.one_of(
            _VALUES,
            some.fixed_dictionaries(
                {},
                optional=dict.fromkeys(
                    ("input_device", "output_device", "echo", "hangover_ms", "barge_in"), _VALUES
                ),
            ),
        ),
    },
)


def at(home: Path) -> Paths:
    paths = Paths(home / "config", home / "data", home / "state", home / "run")
    paths.create()
    return paths


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(table=_FILES)
@pytest.mark.logs("settings")
def test_what_is_told_early_is_what_the_whole_settings_say(
    tmp_path: Path, table: dict[str, Any]
) -> None:
    paths = at(tmp_path)
    paths.settings_file.write_text(tomlkit.dumps(table), encoding="utf-8")
    told = first_commands(paths)
    if told:
        found = SettingsStore(paths.settings_file).load().settings
        assert told[0] == configuration(paths, found)
        assert (Listen() in told) == found.general.listen_at_start


def test_an_ordinary_file_is_understood(tmp_path: Path) -> None:
    paths = at(tmp_path)
    paths.settings_file.write_text(
        '[general]\nlisten_at_start = true\n[audio]\necho = "headphones"\nhangover_ms = 900\n'
        '[chat]\nmodel = "gpt-4o"\n',
        encoding="utf-8",
    )
    usual = str(paths.journal)
    assert first_commands(paths) == (
        Configure(usual, echo=EchoMode.OFF, hangover_ms=900),
        Listen(),
    )


def test_without_a_file_the_engine_is_told_the_defaults(tmp_path: Path) -> None:
    paths = at(tmp_path)
    assert first_commands(paths) == (Configure(str(paths.journal)),)


@pytest.mark.parametrize(
    "content",
    ["nonsense [", "[audio]\nhangover_ms = 5", "[audio]\necho = 3", "audio = 3", "general = []"],
)
def test_of_a_file_with_a_fault_nothing_is_told(tmp_path: Path, content: str) -> None:
    paths = at(tmp_path)
    paths.settings_file.write_text(content, encoding="utf-8")
    assert first_commands(paths) == ()

from __future__ import annotations

import json
from pathlib import Path

import pydantic
import pytest

from app.dictation.modes import MODES, Latitude, Mode, ModeRule
from app.dictation.replacements import Replacement, Snippet
from app.dictation.settings import Retention
from app.settings import Settings, changed
from app.settings_store import SettingsStore


def test_modes_rules_and_snippets_survive_the_file(tmp_path: Path) -> None:
    mine = Mode("rude", "Rude", "Write it\nrudely.", "gpt-x", Latitude.REWORDED)
    settings = changed(
        Settings(),
        {
            "dictation.modes": (*MODES, mine),
            "dictation.rules": (ModeRule("rude", app="*slack*"),),
            "dictation.snippets": (Snippet("my address", "1 Main Street\n“Springfield”"),),
            "dictation.replacements": (Replacement("btw", "by the way"),),
            "dictation.retention": Retention.WEEK,
        },
    )
    store = SettingsStore(tmp_path / "settings.toml")
    store.save(settings)
    assert store.load().settings == settings
    assert store.load().problem is None


def test_lists_can_be_typed_as_json() -> None:
    text = json.dumps([{"trigger": "my address", "text": "1 Main Street\nSpringfield"}])
    settings = changed(Settings(), {"dictation.snippets": text})
    assert settings.dictation.snippets == (Snippet("my address", "1 Main Street\nSpringfield"),)


@pytest.mark.parametrize("text", ["btw = by the way", '{"spoken": 1}', '[{"spoken": "btw"}]'])
def test_what_is_no_list_of_entries_is_refused(text: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        changed(Settings(), {"dictation.replacements": text})


@pytest.mark.logs("settings")
def test_a_broken_list_falls_back_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[dictation]\nmode = "tidy"\nmodes = [{ id = 3 }]\n')
    loaded = SettingsStore(path).load()
    assert loaded.settings.dictation.modes == MODES
    assert loaded.settings.dictation.mode == "tidy"
    assert loaded.problem is not None

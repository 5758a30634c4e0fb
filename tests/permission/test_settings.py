from __future__ import annotations

import pydantic
import pytest

from app.permission.mode import Mode
from app.permission.settings import PermissionSettings, ToolChoice
from app.settings import Settings, changed


def test_what_is_not_named_does_as_needed() -> None:
    chosen = PermissionSettings()
    assert chosen.mode_of("add_note") is Mode.AS_NEEDED
    chosen = PermissionSettings(modes=chosen.with_mode("add_note", Mode.OFF))
    chosen = PermissionSettings(modes=chosen.with_mode("open_app", Mode.ALLOW))
    assert (chosen.mode_of("add_note"), chosen.mode_of("open_app")) == (Mode.OFF, Mode.ALLOW)
    assert chosen.with_mode("add_note", Mode.AS_NEEDED) == (
        ToolChoice(tool="open_app", mode=Mode.ALLOW),
    )
    assert len(chosen.with_mode("add_note", Mode.ASK)) == 2


def test_it_is_set_like_any_setting() -> None:
    values: dict[str, object] = {"permission.modes": '[{"tool": "add_note", "mode": "ask"}]'}
    assert changed(Settings(), values).permission.mode_of("add_note") is Mode.ASK
    with pytest.raises(pydantic.ValidationError):
        changed(Settings(), {"permission.modes": [{"tool": "add_note", "mode": "whatever"}]})

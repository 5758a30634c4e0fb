from __future__ import annotations

import pytest

from app.desktop.target import Rect, Target
from app.dictation import record
from app.dictation.modes import MODES, VERBATIM
from app.dictation.settings import DictationSettings
from app.sessions.dictation_target import mode_in, noted, on_screen, policy_for

XTERM = Target(7, app_id="XTerm", app_name="Terminal", title="~")


@pytest.mark.parametrize("name", ["xterm", "TERMINAL"])
def test_enter_is_pressed_only_where_the_user_allows_it(name: str) -> None:
    allowing = DictationSettings(enter_allowed=(name,))
    assert policy_for(XTERM, allowing).enter_in_terminals
    assert not policy_for(XTERM, DictationSettings()).enter_in_terminals
    assert not policy_for(None, allowing).enter_in_terminals


def test_a_mode_that_is_asked_for_by_name_goes_before_all_rules() -> None:
    other = next(mode for mode in MODES if mode != VERBATIM)
    settings = DictationSettings(mode=other.id)
    assert mode_in(XTERM, settings, VERBATIM.id) == VERBATIM
    assert mode_in(XTERM, settings, "") == other
    assert mode_in(None, settings, "") == other


def test_the_history_names_the_program_and_the_window() -> None:
    assert noted(XTERM) == record.Target("Terminal", "~")
    assert noted(None) == record.Target()
    assert on_screen(Rect(1, 2, 3, 4)) == record.ScreenRect(1, 2, 3, 4)
    assert on_screen(None) is None

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.providers.local.matcher import match
from ui.theme import Theme
from ui.transcript.empty_hint import SUGGESTIONS, EmptyHint, _Suggestion


@pytest.mark.parametrize("suggestion", SUGGESTIONS)
def test_what_is_suggested_works_without_a_server(suggestion: str) -> None:
    assert match(suggestion) is not None


def test_suggestions_can_be_pressed(qtbot: QtBot, theme: Theme) -> None:
    hint = EmptyHint()
    qtbot.addWidget(hint)
    chosen: list[str] = []
    hint.chosen.connect(chosen.append)
    for button in hint.findChildren(_Suggestion):
        button.click()
    assert tuple(chosen) == SUGGESTIONS

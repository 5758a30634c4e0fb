"""What follows from the window that a dictation goes to. Pure."""

from __future__ import annotations

from app.desktop.insertion import Policy
from app.desktop.target import Rect, Target
from app.dictation import record
from app.dictation.modes import Mode, mode_for, mode_named
from app.dictation.outcomes import app_of
from app.dictation.settings import DictationSettings


def policy_for(target: Target | None, settings: DictationSettings) -> Policy:
    """What the user allows in this program."""
    names = {name.casefold() for name in settings.enter_allowed}
    own = {target.app_id.casefold(), target.app_name.casefold()} if target else set()
    return Policy(enter_in_terminals=bool(names & own))


def mode_in(target: Target | None, settings: DictationSettings, wanted: str) -> Mode:
    """The mode named `wanted`; if that is empty, the one that the rules give this window."""
    if wanted:
        return mode_named(wanted, settings.modes)
    app, title = (target.app_id, target.title) if target else ("", "")
    return mode_for(app, title, settings.rules, settings.modes, settings.mode)


def noted(target: Target | None) -> record.Target:
    """What the history keeps of the window."""
    return record.Target(app_of(target), target.title) if target else record.Target()


def on_screen(rect: Rect | None) -> record.ScreenRect | None:
    """The same place, in the history's words."""
    return record.ScreenRect(rect.x, rect.y, rect.width, rect.height) if rect else None

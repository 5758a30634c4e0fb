from __future__ import annotations

import pytest

from app.desktop.app_match import InstalledApp, best_match, near_names

APPS = [
    InstalledApp("Calculator", "calc", ("calculator",)),
    InstalledApp("Calculator Pro", "pro", ("calculator",)),
    InstalledApp("Firefox", "firefox", ("Web Browser", "Internet")),
    InstalledApp("Chromium", "chromium", ("Web Browser", "browser"), preferred=False),
    InstalledApp("Konsole", "konsole", ("terminal emulator", "shell")),
    InstalledApp("Visual Studio Code", "code", ("text editor",)),
]


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("calculator", "calc"),
        ("the Calculator app", "calc"),
        ("calculator pro", "pro"),
        ("FIREFOX", "firefox"),
        ("visual studio", "code"),
        ("code", "code"),
        ("terminal", "konsole"),
        ("a text editor please", "code"),
        ("browser", "chromium"),
        ("fire", None),
        ("", None),
        ("...", None),
        ("office", None),
    ],
)
def test_the_meant_application_is_found(wanted, target):
    found = best_match(wanted, APPS)
    assert (found and found.target) == target


def test_among_a_kind_the_preferred_one_wins():
    apps = [*APPS, InstalledApp("Zebra", "zebra", ("Web Browser",), preferred=True)]
    found = best_match("browser", apps)
    assert found is not None
    assert found.target == "zebra"


def test_near_names_are_offered():
    assert near_names("firefoks", APPS) == ("Firefox",)
    assert near_names("calculater", APPS)[0] == "Calculator"
    assert near_names("zzz", APPS) == ()

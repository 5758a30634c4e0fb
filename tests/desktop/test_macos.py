from __future__ import annotations

import pytest

from app.desktop.macos import MacOpener, app_command, url_command
from app.desktop.opener import AppNotFound


@pytest.fixture
def opener(tmp_path):
    for name in ("Calculator.app", "Safari.app", "notes.txt"):
        (tmp_path / name).mkdir()
    return MacOpener([tmp_path, tmp_path / "missing"])


def test_a_bundle_is_found_by_name_or_kind(opener, tmp_path):
    calculator = opener.find("the calculator")
    assert app_command(calculator) == ("/usr/bin/open", "-a", str(tmp_path / "Calculator.app"))
    assert opener.find("web browser").name == "Safari"


def test_what_is_not_installed_is_told(opener):
    with pytest.raises(AppNotFound) as raised:
        opener.find("safary")
    assert raised.value.near == ("Safari",)


def test_an_address_is_one_argument():
    assert url_command("https://example.org/a b") == ("/usr/bin/open", "https://example.org/a b")

from __future__ import annotations

import pytest

from app.desktop.choose_insertion import insertion_for
from app.desktop.copying import CopyInserter, NoFocus
from app.desktop.system_focus import SystemFocus
from app.desktop.system_insertion import SystemInserter


@pytest.mark.parametrize("platform", ["win32", "darwin"])
async def test_windows_and_macos_have_their_own(platform: str) -> None:
    focus, inserter = insertion_for({}, platform)
    assert isinstance(focus, SystemFocus)
    assert isinstance(inserter, SystemInserter)
    await focus.close()
    await inserter.close()


async def test_without_a_desktop_text_is_copied() -> None:
    focus, inserter = insertion_for({}, "linux")
    assert isinstance(focus, NoFocus)
    assert isinstance(inserter, CopyInserter)

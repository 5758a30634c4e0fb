"""A screen with an accessibility bus, an inserter and a focus, for the tests of insertion."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.desktop.accessibility import Accessibility
from app.desktop.insertion import DEFAULT_POLICY, Policy, Receipt
from app.desktop.x11_focus import X11Focus
from app.desktop.x11_insertion import X11Inserter
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.screen import Screen


@dataclass(frozen=True)
class Desk:
    """Where the tests insert: blindly, or with an accessibility bus (`environment`)."""

    screen: Screen
    folder: Path
    focus: X11Focus
    inserter: X11Inserter
    environment: dict[str, str] | None

    async def insert(self, text: str, policy: Policy = DEFAULT_POLICY) -> Receipt:
        """Insert into the window in focus."""
        return await self.inserter.insert(text, await self.focus.current(), policy)


@pytest.fixture(scope="session")
def _service_of_this_run(_screen_of_this_run: Screen) -> Iterator[AccessibilityService]:
    with closing(AccessibilityService(_screen_of_this_run.environment)) as service:
        yield service


@pytest.fixture
async def blind(screen: Screen, tmp_path: Path) -> AsyncIterator[Desk]:
    """Insertion without an accessibility bus."""
    focus, inserter = X11Focus(None, screen.display), X11Inserter(None, screen.display)
    yield Desk(screen, tmp_path, focus, inserter, None)
    await inserter.close()
    await focus.close()


@pytest.fixture
async def seeing(
    screen: Screen, tmp_path: Path, _service_of_this_run: AccessibilityService
) -> AsyncIterator[Desk]:
    """Insertion with an accessibility bus."""
    service = _service_of_this_run
    tree = Accessibility(service.address)
    focus, inserter = X11Focus(tree, screen.display), X11Inserter(tree, screen.display)
    yield Desk(screen, tmp_path, focus, inserter, service.environment)
    await inserter.close()
    await focus.close()
    await asyncio.to_thread(tree.close)

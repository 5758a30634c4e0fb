"""Secrets on real windows, found where a program tells what it shows."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.desktop.screen_text import look_through
from app.desktop.x11_screens import X11Screens
from app.shots.grabbing import Grabber, Seen
from app.shots.secret_search import LookThrough, secrets_on
from app.shots.shot import Rect, SecretKind, ShotKind
from tests.desk import secret_window, targets
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.child import Child, merged
from tests.desk.screen import Screen

pytestmark = pytest.mark.desk


@pytest.fixture(scope="module")
def tree(_screen_of_this_run: Screen) -> Iterator[AccessibilityService]:
    with closing(AccessibilityService(_screen_of_this_run.environment)) as service:
        yield service


@contextmanager
def secrets_shown(
    screen: Screen, tree: AccessibilityService, folder: Path, **environment: str
) -> Iterator[None]:
    around = merged(screen.environment, tree.environment, environment)
    command = [sys.executable, secret_window.__file__, "secrets"]
    with Child(command, folder, environment=around):
        screen.wait_for_window("secrets")
        yield
    screen.wait_until_gone("secrets")


async def seen_on(screen: Screen, kind: ShotKind) -> Seen:
    screens = X11Screens(screen.display, bus="unix:path=/nonexistent")
    try:
        grabber = Grabber(screens, tuple)
        return await grabber.see(await grabber.look(), kind)
    finally:
        await screens.close()


def looking(tree: AccessibilityService) -> LookThrough:
    return functools.partial(look_through, address=tree.address)


@pytest.mark.parametrize("scale", ["1", "2"])
async def test_keys_cards_and_password_fields_are_found_where_they_are(
    screen: Screen, tree: AccessibilityService, tmp_path: Path, scale: str
) -> None:
    with secrets_shown(screen, tree, tmp_path, QT_SCALE_FACTOR=scale):
        seen = await seen_on(screen, ShotKind.ACTIVE_WINDOW)
        found, unread = await secrets_on(seen, looking(tree))
    places = {secret.kind: secret.rect for secret in found}
    assert set(places) == {SecretKind.KEY, SecretKind.CARD, SecretKind.PASSWORD}
    assert unread == ()
    key, card, password = (places[kind] for kind in SecretKind)
    assert key.y < card.y < password.y
    assert key.x > 100, "the name of the variable is no secret"
    for rect in places.values():
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.x + rect.width <= seen.pixels.width
        assert rect.y + rect.height <= seen.pixels.height
    assert password.width > 600 * float(scale)


async def test_a_window_that_tells_nothing_is_named(
    screen: Screen, tree: AccessibilityService, tmp_path: Path
) -> None:
    with (
        targets.xterm(screen, tmp_path),
        secrets_shown(screen, tree, tmp_path),
    ):
        screen.wait_for_active("secrets")
        seen = await seen_on(screen, ShotKind.ALL)
        found, unread = await secrets_on(seen, looking(tree))
    assert len(found) == 3
    assert unread == ("XTerm",)


async def test_without_an_accessibility_bus_every_window_is_named(
    screen: Screen, tree: AccessibilityService, tmp_path: Path
) -> None:
    nowhere = functools.partial(look_through, address=f"unix:path={tmp_path / 'none'}")
    with secrets_shown(screen, tree, tmp_path):
        seen = await seen_on(screen, ShotKind.ACTIVE_WINDOW)
        found, unread = await secrets_on(seen, nowhere)
    assert found == ()
    assert len(unread) == 1


async def test_what_is_beside_the_region_is_not_told(
    screen: Screen, tree: AccessibilityService, tmp_path: Path
) -> None:
    with secrets_shown(screen, tree, tmp_path):
        seen = await seen_on(screen, ShotKind.ACTIVE_WINDOW)
        assert seen.area is not None
        corner = Rect(seen.area.x, seen.area.y, 60, 30)
        part = Seen(seen.pixels, "Region", corner, windows=seen.windows)
        found, _ = await secrets_on(part, looking(tree))
    assert found == ()

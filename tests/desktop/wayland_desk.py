"""A Wayland session with an inserter in it, for the tests of insertion."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.desktop.accessibility import Accessibility
from app.desktop.compositor_focus import Sway
from app.desktop.data_control import DataControl
from app.desktop.insertion import DEFAULT_POLICY, Policy, Receipt
from app.desktop.paste_keys import Press, PressFailed
from app.desktop.wayland_clipboard import WaylandClipboard
from app.desktop.wayland_connection import WaylandConnection
from app.desktop.wayland_desk import WaylandDesk
from app.desktop.wayland_focus import WaylandFocus
from app.desktop.wayland_insertion import WaylandInserter
from app.desktop.wayland_keyboard import VirtualKeyboard
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.wayland import Session


class NoKeys:
    """A desktop without a portal."""

    wants_clipboard = False
    board = None

    knows_layout = True

    async def ready(self) -> bool:
        return False

    async def press(self, press: Press) -> None:
        raise PressFailed(press.value)

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class Seat:
    """Another program's connection: the seat's lasting keyboard, and a clipboard of its own."""

    connection: WaylandConnection
    keyboard: VirtualKeyboard
    clipboard: WaylandClipboard

    async def close(self) -> None:
        """Leave the compositor."""
        await self.clipboard.close()
        self.connection.close()


@dataclass(frozen=True)
class Desk:
    """Where the tests insert: blindly, or with an accessibility bus (`around`)."""

    session: Session
    folder: Path
    focus: WaylandFocus
    inserter: WaylandInserter
    seat: Seat
    around: dict[str, str]

    async def insert(self, text: str, policy: Policy = DEFAULT_POLICY) -> Receipt:
        """Insert into the window in focus."""
        return await self.inserter.insert(text, await self.focus.current(), policy)


@pytest.fixture(scope="session")
def _wayland_of_this_run() -> Iterator[Session]:
    with closing(Session()) as session:
        yield session


@pytest.fixture(scope="session")
def _tree_of_this_run(_wayland_of_this_run: Session) -> Iterator[AccessibilityService]:
    with closing(AccessibilityService(_wayland_of_this_run.environment)) as service:
        yield service


async def open_seat(session: Session) -> Seat:
    """The keyboard that a person would have, so that windows have the focus of one."""
    connection = await WaylandConnection.open(session.environment)
    number = connection.bind("wl_seat")
    assert number is not None
    keyboard = VirtualKeyboard.on(connection, number[0])
    board = DataControl.on(connection, number[0])
    assert keyboard is not None
    assert board is not None
    clipboard = WaylandClipboard(board)
    await board.settle()
    return Seat(connection, keyboard, clipboard)


@pytest.fixture
async def seat(_wayland_of_this_run: Session) -> AsyncIterator[Seat]:
    """A seat for one test."""
    made = await open_seat(_wayland_of_this_run)
    yield made
    await made.close()


def _made(session: Session, tree: Accessibility | None) -> tuple[WaylandFocus, WaylandInserter]:
    focus = WaylandFocus(Sway(Path(session.environment["SWAYSOCK"])), tree)
    desk = WaylandDesk({**session.environment, "PATH": "/usr/bin:/bin"}, NoKeys())
    return focus, WaylandInserter(focus, tree, desk)


@pytest.fixture
async def blind(_wayland_of_this_run: Session, seat: Seat, tmp_path: Path) -> AsyncIterator[Desk]:
    """Insertion without an accessibility bus."""
    focus, inserter = _made(_wayland_of_this_run, None)
    yield Desk(_wayland_of_this_run, tmp_path, focus, inserter, seat, {})
    await inserter.close()


@pytest.fixture
async def seeing(
    _wayland_of_this_run: Session,
    _tree_of_this_run: AccessibilityService,
    seat: Seat,
    tmp_path: Path,
) -> AsyncIterator[Desk]:
    """Insertion with an accessibility bus."""
    tree = await asyncio.to_thread(Accessibility, _tree_of_this_run.address)
    focus, inserter = _made(_wayland_of_this_run, tree)
    around = _tree_of_this_run.environment
    yield Desk(_wayland_of_this_run, tmp_path, focus, inserter, seat, around)
    await inserter.close()

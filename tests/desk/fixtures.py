"""The desk's fixtures, for every test.

Lay a part's `environment` over the one of the program under test, with `merged` of
`tests.desk.child`; start that program with `Child`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing

import pytest

from tests.desk.aimock import Fixture, ModelServer
from tests.desk.keyring import KeyringService
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer


@pytest.fixture(scope="session")
def _sound_of_this_run() -> Iterator[SoundServer]:
    with closing(SoundServer()) as server:
        yield server


@pytest.fixture(scope="session")
def _screen_of_this_run() -> Iterator[Screen]:
    with closing(Screen()) as screen:
        yield screen


@pytest.fixture
def sound(_sound_of_this_run: SoundServer) -> SoundServer:
    """The sound server of this run: leave its devices as they were found."""
    return _sound_of_this_run


@pytest.fixture
def fresh_sound() -> Iterator[SoundServer]:
    """A sound server for one test, to be killed or pulled apart."""
    with closing(SoundServer()) as server:
        yield server


@pytest.fixture
def screen(_screen_of_this_run: Screen) -> Screen:
    """The screen of this run, 1920 by 1080: leave it empty."""
    return _screen_of_this_run


@pytest.fixture
def keyring_service() -> Iterator[KeyringService]:
    """An empty, unlocked keyring for one test."""
    with closing(KeyringService()) as service:
        yield service


@pytest.fixture
def locked_keyring_service() -> Iterator[KeyringService]:
    """A locked keyring for one test, without a display to ask for its password on."""
    with closing(KeyringService(locked=True)) as service:
        yield service


@pytest.fixture
def model_server() -> Iterator[Callable[..., ModelServer]]:
    """Call it with `aimock.fixtures(...)`: starts a server that lives as long as the test."""
    with ExitStack() as stack:

        def start(answers: Sequence[Fixture], *arguments: str) -> ModelServer:
            return stack.enter_context(ModelServer(answers, *arguments))

        yield start

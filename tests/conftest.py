"""Registers the test desk and the rules that hold for every test."""

import os

import hypothesis
import pytest
from _pytest.nodeid import NodeId

pytest_plugins = ["tests.rules", "tests.desk.fixtures", "tests.steadiness"]

# A busy computer is no defect: an example may take as long as it takes.
hypothesis.settings.register_profile(
    "sayso", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("sayso")


_SOUND, _SCREEN, _REST = "sound", "screen", ""
_NICE = {_SOUND: 0, _SCREEN: 5, _REST: 10}


def _group(item: pytest.Item) -> str:
    if item.get_closest_marker("desk") is None:
        return _REST
    needs_sound = any("sound" in name for name in getattr(item, "fixturenames", ()))
    return _SOUND if needs_sound else _SCREEN


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who waits for sound or for windows does it one after another, each kind on its own."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    for item in items:
        if group := _group(item):
            # xdist's own marker writes to an attribute that pytest 9.2 does not read.
            item._id = NodeId.parse(f"{item.nodeid}@{group}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Sound cannot wait, and windows hardly: the others leave them the processor."""
    if "PYTEST_XDIST_WORKER" in os.environ and hasattr(os, "nice"):
        os.nice(max(0, _NICE[_group(item)] - os.nice(0)))

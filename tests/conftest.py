"""Registers the test desk and the rules that hold for every test."""

import os

import hypothesis
import pytest

pytest_plugins = ["tests.rules", "tests.desk.fixtures", "tests.steadiness"]

# A busy computer is no defect: an example may take as long as it takes.
hypothesis.settings.register_profile(
    "sayso", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("sayso")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on the desk wait for sound and windows: one after another, beside all others."""
    for item in items:
        if item.get_closest_marker("desk") is not None:
            item.add_marker(pytest.mark.xdist_group("desk"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What does not need the desk leaves the processor to what does: sound cannot wait."""
    is_beside = "PYTEST_XDIST_WORKER" in os.environ and item.get_closest_marker("desk") is None
    if is_beside and hasattr(os, "nice") and os.nice(0) == 0:
        os.nice(10)

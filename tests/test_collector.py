from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from app import collector


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    assert gc.isenabled()
    gc.unfreeze()  # what other tests loaded
    yield
    gc.unfreeze()
    gc.enable()


def test_it_rests_until_the_last_pause_is_over_and_passes_over_what_was_loaded() -> None:
    collector.pause()
    with collector.paused():
        assert not gc.isenabled()
    assert not gc.isenabled()
    assert gc.get_freeze_count() == 0
    collector.resume()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_resuming_without_a_pause_changes_nothing() -> None:
    collector.resume()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_failure_ends_the_pause() -> None:
    with pytest.raises(ValueError, match="no"), collector.paused():
        raise ValueError("no")
    assert gc.isenabled()

"""Spoken while everything goes wrong: each utterance is text or a whole recording, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.clock import run_hurried
from tests.faults.ledger import Ledger, draws, keep_books, retried

SEED = 20_261_121

pytestmark = pytest.mark.logs("SSL_CERT_FILE")


def test_sixty_utterances_over_the_fault_table(tmp_path: Path) -> None:
    ledger = run_hurried(keep_books(tmp_path, draws(60, SEED)))
    assert ledger.problems() == []
    assert ledger.kept, "faults in transcription keep recordings"
    assert ledger.texts, "and the others do not"
    _check_retried(tmp_path, ledger)


@pytest.mark.soak
def test_a_thousand_utterances_over_the_fault_table(tmp_path: Path) -> None:
    ledger = run_hurried(keep_books(tmp_path, draws(1_000, SEED)))
    assert ledger.problems() == []
    assert len(ledger.spoken) == 1_000
    _check_retried(tmp_path, ledger)


def _check_retried(home: Path, ledger: Ledger) -> None:
    """A retry turns every recording into text, and nothing into two."""
    after = run_hurried(retried(home, ledger))
    assert after.problems() == []
    assert after.kept == {}

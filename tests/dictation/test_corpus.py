from __future__ import annotations

import pytest

from app.dictation.text import Context, written
from tests.dictation.corpus import Sentence, sentences

SENTENCES = sentences()


def test_the_corpus_is_large_enough() -> None:
    assert len(SENTENCES) >= 150
    assert {sentence.language for sentence in SENTENCES} >= {"en", "de", "fr", "es"}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.said[:40])
def test_what_was_dictated_is_written_as_people_write_it(sentence: Sentence) -> None:
    assert written(sentence.said, Context(sentence.language)).text == sentence.written

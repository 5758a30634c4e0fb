"""How long is transcript to text? Run: python -m tests.bench.dictation_text

The corpus' own sentences, once as short dictations and once as one of 10,000 words.
"""

from __future__ import annotations

import itertools
import statistics
import time

from app.dictation.replacements import Replacement, Snippet
from app.dictation.text import Context, written
from tests.dictation.corpus import sentences

_WORDS = 10_000
_ROUNDS = 7
_VOCABULARY = tuple(f"Name{chr(97 + n % 26)}{chr(97 + n // 26)}berg" for n in range(100))
_CONTEXT = Context(
    before="Dear Anna, ",
    vocabulary=_VOCABULARY,
    replacements=tuple(Replacement(f"short form {n}", f"long form {n}") for n in range(200)),
    snippets=tuple(Snippet(f"my snippet {n}", f"text\n{n}") for n in range(100)),
)


def main() -> None:
    """Measure and print medians of processor time."""
    english = [sentence.said for sentence in sentences() if sentence.language == "en"]
    long = " ".join(itertools.islice(itertools.cycle(" ".join(english).split()), _WORDS))
    short_ms = [_took_ms(said) for said in english for _ in range(_ROUNDS)]
    long_ms = [_took_ms(long) for _ in range(_ROUNDS)]
    print(
        f"a short sentence: median {statistics.median(short_ms):.2f} ms, most {max(short_ms):.2f}"
    )
    print(f"{_WORDS} words: median {statistics.median(long_ms):.0f} ms, most {max(long_ms):.0f}")


def _took_ms(said: str) -> float:
    began = time.process_time()
    written(said, _CONTEXT)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()

"""The program that reads a PDF: its own process with bounds, because a PDF may be made to hang.

The file is its standard input, the first page and how many its arguments; it writes JSON.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import BinaryIO

MEMORY_BYTES = 1_000_000_000
CPU_S = 20
MAX_BYTES = 22_000
"""Text of one answer, in UTF-8."""

_DAMAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What pypdf raises for files that are not as they should be, beside its own errors."""


def bound() -> None:
    """Let this process have so much memory and time, and write no file. Nothing on Windows."""
    if sys.platform == "win32":
        return
    import resource

    limits = [(resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, MEMORY_BYTES))
    for kind, most in limits:
        resource.setrlimit(kind, (most, most))


def pages(file: BinaryIO, first: int, count: int) -> dict[str, object]:
    """The text of `count` pages from `first` on, or the reason why not under "error"."""
    import pypdf

    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "It needs a password."}
        total = len(reader.pages)
        if first > total:
            return {"error": f"The file has only {total} pages."}
        texts: list[dict[str, object]] = []
        left = MAX_BYTES
        for number in range(first, min(total, first + count - 1) + 1):
            text = reader.pages[number - 1].extract_text().encode("utf-8", "replace")
            if texts and len(text) > left:
                break
            texts.append({"page": number, "text": text[:left].decode("utf-8", "ignore")})
            left -= len(text)
        return {"pages": total, "texts": texts}
    except (*_DAMAGE, pypdf.errors.PyPdfError) as error:
        return {"error": f"The file is damaged ({type(error).__name__})."}
    except pypdf.errors.DependencyError:
        return {"error": "It is encrypted in a way that cannot be read here."}
    except MemoryError:
        return {"error": "It needs too much memory."}


def main() -> None:
    """Answer once."""
    bound()
    logging.disable()
    answer = pages(sys.stdin.buffer, int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

"""The text of a PDF's pages, by a process of its own. Blocks: for a thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.tools.base import ToolFailed
from app.tools.blocking import Watch

MAX_FILE_BYTES = 200_000_000
WORKER = "app.tools.pdf_worker"
_STEP_S = 0.1
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class PdfPages:
    """Text by page number, and how many pages there are."""

    texts: tuple[tuple[int, str], ...]
    count: int


def read_pdf_pages(descriptor: int, first: int, count: int, watch: Watch) -> PdfPages:
    """Pages of the PDF open at `descriptor`. Raises ToolFailed with the reason, and GivenUp."""
    process = subprocess.Popen(
        [sys.executable, "-m", WORKER, str(first), str(count)],
        stdin=descriptor,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    with process:
        try:
            answer = _answer(process, watch)
        finally:
            process.kill()
    try:
        found = json.loads(answer)
    except ValueError:
        raise ToolFailed(_failure(process.returncode)) from None
    if "error" in found:
        raise ToolFailed(found["error"])
    return PdfPages(tuple((each["page"], each["text"]) for each in found["texts"]), found["pages"])


def _answer(process: subprocess.Popen[bytes], watch: Watch) -> bytes:
    while True:
        watch.check()
        try:
            return process.communicate(timeout=_STEP_S)[0]
        except subprocess.TimeoutExpired:
            continue


def _failure(status: int) -> str:
    if status < 0:  # a signal: of a bound that was reached
        return "It took too much time or memory to read."
    return "The program that reads PDF files failed."


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2])}

"""The words of the knowledge page. Pure."""

from __future__ import annotations

import datetime
from pathlib import PurePath

from app.knowledge.events import EmbeddingsEstimated, FolderPhase, FolderState, FoundSource
from app.knowledge.passage import WORDS, LeftOut

_MEBIBYTE = 1 << 20


def state_of(folder: FolderState, now: datetime.datetime) -> str:
    """What goes on with a folder, in a line."""
    match folder.phase:
        case FolderPhase.READING if folder.total:
            return f"Reading file {min(folder.done + 1, folder.total):,} of {folder.total:,}"
        case FolderPhase.READING:
            return "Looking through the folder"
        case FolderPhase.EMBEDDING:
            return f"Sent {folder.done:,} of {folder.total:,} passages"
        case FolderPhase.WAITING:
            return "Waiting to be read"
        case FolderPhase.PAUSED:
            return f"Paused · {_contents(folder)}" if folder.files else "Paused"
        case FolderPhase.ON_BATTERY:
            return "Waits until the computer is plugged in"
        case FolderPhase.READY:
            return f"{_contents(folder)} · read {ago(folder.indexed_at, now)}"


def left_out_line(folder: FolderState) -> str:
    """How many files are left out; empty for none."""
    count = sum(number for _, number in folder.left_out)
    if not count:
        return ""
    return f"{count:,} left out" if count > 1 else "1 left out"


def left_out_reasons(folder: FolderState) -> str:
    """Why, in one line: "12 hidden, 3 too big"."""
    return ", ".join(f"{number:,} {WORDS[reason]}" for reason, number in folder.left_out)


def left_out_rows(files: tuple[tuple[str, LeftOut], ...]) -> str:
    """The files that are left out, a line for each."""
    return "\n".join(f"{path}: {WORDS[reason]}" for path, reason in files)


def estimate_line(told: EmbeddingsEstimated) -> str:
    """What embedding would send, where, and for how much."""
    if told.problem:
        return told.problem
    if not told.passages:
        return f"There is nothing to send yet. Later text would go to {told.server}."
    return (
        f"Sends the text of this folder ({told.passages:,} passages, about {_tokens(told.tokens)})"
        f" to {told.server}, {_price(told.usd)}. So do later changes, and each question to your "
        "folders."
    )


def ago(moment: str, now: datetime.datetime) -> str:
    """How long since, roughly."""
    if not moment:
        return "never"
    seconds = (now - datetime.datetime.fromisoformat(moment)).total_seconds()
    if seconds < 90:
        return "just now"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes ago"
    if seconds < 129_600:
        return f"{round(seconds / 3600)} hours ago"
    return f"{round(seconds / 86_400)} days ago"


def place_of(source: FoundSource) -> str:
    """Where a passage is: "lease.pdf, page 3"."""
    name = PurePath(source.file.replace("\\", "/")).name
    return f"{name}, page {source.page}" if source.page else f"{name}, line {source.line}"


def size(count_bytes: int) -> str:
    """A size with its unit."""
    if count_bytes < 1024:
        return f"{count_bytes} bytes"
    if count_bytes < _MEBIBYTE:
        return f"{count_bytes / 1024:.0f} kB"
    return f"{count_bytes / _MEBIBYTE:,.1f} MB"


def _contents(folder: FolderState) -> str:
    files = "1 file" if folder.files == 1 else f"{folder.files:,} files"
    return f"{files}, {size(folder.size_bytes)}"


def _tokens(count: int) -> str:
    return f"{count / 1_000_000:.1f} million tokens" if count >= 100_000 else f"{count:,} tokens"


def _price(usd: float | None) -> str:
    if usd is None:
        return "at its own price"
    return f"for about ${usd:.2f}" if usd >= 0.01 else "for less than a cent"

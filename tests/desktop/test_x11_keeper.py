"""What the clipboard had is there again after Sayso was killed in the middle of a paste."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.desktop.heir_wire import Kept, packed, selection_of, unpacked
from app.desktop.x11_formats import Form, text_content
from app.desktop.x11_keeper import left_behind
from tests.desk.child import Child, merged
from tests.desk.clipboard import clipboard_formats, clipboard_with
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until
from tests.flows.running import ROOT

_LENDING = """
import sys, time
from app.desktop.x11_clipboard import X11Clipboard
clipboard = X11Clipboard()
clipboard.lend("dictated words", ["CLIPBOARD"], 5)
if sys.argv[1:] == ["back"]:
    clipboard.give_back()
print("lent", flush=True)
time.sleep(600)
"""


@contextmanager
def lending(screen: Screen, folder: Path, *arguments: str) -> Iterator[Child]:
    """A program that has lent the clipboard to a text, and would keep it."""
    command = [sys.executable, "-c", _LENDING, *arguments]
    around = merged(screen.environment, {"PYTHONPATH": str(ROOT)})
    with Child(command, folder, environment=around, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.process.stdout is not None
        assert child.process.stdout.readline() == b"lent\n", child.log
        yield child


@pytest.mark.desk
@pytest.mark.parametrize("kind", ["image", "files", "some text", "8000000"])
def test_a_killed_borrower_leaves_the_clipboard_as_it_was(
    kind: str, screen: Screen, tmp_path: Path
) -> None:
    with clipboard_with(screen, tmp_path, kind):
        before = clipboard_formats(screen)
        with lending(screen, tmp_path) as borrower:
            assert clipboard_formats(screen) != before
            borrower.kill()
            wait_until(lambda: clipboard_formats(screen) == before, "the old content")


@pytest.mark.desk
def test_what_was_given_back_survives_too(screen: Screen, tmp_path: Path) -> None:
    with clipboard_with(screen, tmp_path, "some text"):
        before = clipboard_formats(screen)
        with lending(screen, tmp_path, "back") as borrower:
            borrower.kill()
            wait_until(lambda: clipboard_formats(screen) == before, "the old content")


@pytest.mark.desk
def test_what_others_copied_meanwhile_stays(screen: Screen, tmp_path: Path) -> None:
    with (
        clipboard_with(screen, tmp_path, "old"),
        lending(screen, tmp_path) as borrower,
        clipboard_with(screen, tmp_path, "image"),
    ):
        newer = clipboard_formats(screen)
        borrower.kill()
        with clipboard_with(screen, tmp_path, "files"):
            assert clipboard_formats(screen) != newer
        # Neither the old text nor ours comes back when nobody has anything.
        assert clipboard_formats(screen) == ""


def test_contents_are_what_was_packed() -> None:
    image = {"image/png": Form("image/png", 8, b"\x89PNG"), "empty": Form("STRING", 8, b"")}
    head, pieces = packed("PRIMARY", 7, image)
    assert selection_of(head) == "PRIMARY"
    assert unpacked(head, b"".join(pieces)) == Kept("PRIMARY", 7, image)


def test_what_several_forms_share_is_sent_once() -> None:
    text = text_content("a" * 1000, hidden=False)
    head, pieces = packed("CLIPBOARD", 7, text)
    assert unpacked(head, b"".join(pieces)).content == text
    assert sum(map(len, pieces)) == 1000


def test_the_last_that_was_told_counts() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        for text in ("old", "new"):
            head, pieces = packed("CLIPBOARD", 7, text_content(text, hidden=False))
            with open(os.memfd_create("test"), "wb") as file:
                file.write(b"".join(pieces))
                file.flush()
                socket.send_fds(ours, [head], [file.fileno()])
        ours.close()
        (kept,) = left_behind(theirs)
    assert kept == Kept("CLIPBOARD", 7, text_content("new", hidden=False))

"""Programs that text is inserted into, and what they really have: the truth beside a receipt."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.desk.child import Child, merged
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until

_HERE = Path(__file__).parent
number = itertools.count(1)
START_S = 120.0
_QUIET_S = 0.15
"""A text that has not changed for so long has arrived, or will not."""


class TargetProgram:
    """A window with the keyboard in one field. `read` gives its text, `empty` empties it."""

    def __init__(
        self,
        name: str,
        screen: Screen,
        child: Child,
        title: str,
        read: Callable[[], str],
        empty: Callable[[], None],
    ) -> None:
        self.name = name
        self.screen = screen
        self.child = child
        self.title = title
        self.read = read
        self._empty = empty

    def focus(self) -> None:
        """Give it the keyboard."""
        window = self.screen.wait_for_window(self.title)
        active = self.screen.active_window()
        if active is None or active.id != window.id:
            self.screen.xdotool("windowactivate", "--sync", str(window.id))
        self.screen.wait_for_active(self.title)

    def empty(self) -> None:
        """Empty the field, and wait until it is."""

        def emptied() -> bool:
            self._empty()
            with contextlib.suppress(AssertionError):
                wait_until(lambda: self.read() == "", "", timeout_s=4)
                return True
            return False

        wait_until(emptied, f"an empty field in {self.name}", timeout_s=60)

    def settled(self, expected: str, timeout_s: float = 8.0) -> str:
        """The field's text: as soon as it is `expected` and stays so, else when time is up."""
        return settled(self.read, expected, timeout_s)


def settled(read: Callable[[], str], expected: str, timeout_s: float) -> str:
    """What `read` gives: as soon as it is `expected` and stays so, else when time is up."""
    deadline = time.monotonic() + timeout_s
    since, last = time.monotonic(), read()
    while time.monotonic() < deadline:
        text = read()
        if text != last:
            since, last = time.monotonic(), text
        if text == expected and time.monotonic() - since > _QUIET_S:
            break
        time.sleep(0.01)
    return last


@contextlib.contextmanager
def qt(
    screen: Screen, folder: Path, kind: str = "plain", environment: dict[str, str] | None = None
) -> Iterator[TargetProgram]:
    """One Qt field: line, plain, password or readonly."""
    title = f"Qt {kind} {next(number)}"
    file = folder / f"qt-{kind}-{next(number)}.txt"
    command = [sys.executable, str(_HERE / "qt_target.py"), kind, title, str(file)]
    around = merged(screen.environment, environment or {})
    with Child(command, folder, environment=around) as child:
        screen.wait_for_active(title, START_S)
        wait_until(file.exists, "the field's file", timeout_s=START_S)
        yield TargetProgram(
            f"Qt {kind}", screen, child, title, lambda: _read(file),
            lambda: keys(screen, "F2"),
        )  # fmt: skip


@contextlib.contextmanager
def xterm(
    screen: Screen, folder: Path, script: str = "stty raw -echo; exec cat >> {file}"
) -> Iterator[TargetProgram]:
    """A terminal that runs `script`, by default: what it is sent goes to a file."""
    need_programs("xterm")
    title = f"xterm {next(number)}"
    file = folder / f"xterm-{next(number)}.txt"
    command = ["xterm", "-u8", "-T", title, "-e", "sh", "-c", script.format(file=file)]
    around = merged(screen.environment, {"LC_ALL": "C.UTF-8"})
    with Child(command, folder, environment=around) as child:
        screen.wait_for_active(title, START_S)
        wait_until(file.exists, "the terminal's file")
        yield TargetProgram(
            "xterm", screen, child, title, lambda: _read(file), lambda: _truncate(file)
        )


@contextlib.contextmanager
def mousepad(
    screen: Screen, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[TargetProgram]:
    """A GTK editor; its text is what it saves."""
    need_programs("mousepad")
    file = folder / f"pad{next(number)}.txt"
    file.write_text("")
    home = folder / f"home{next(number)}"
    home.mkdir()
    around = merged(
        screen.environment,
        {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "GSETTINGS_BACKEND": "memory"},
        {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "NO_AT_BRIDGE": "0" if environment else "1"},
        environment or {},
    )
    command = ["mousepad", "--disable-server", str(file)]
    with Child(command, folder, environment=around) as child:
        screen.wait_for_active(file.name, START_S)

        def read() -> str:
            keys(screen, "ctrl+s")
            time.sleep(0.05)
            return _read(file)

        yield TargetProgram(
            "mousepad (GTK)", screen, child, file.name, read,
            lambda: keys(screen, "ctrl+a", "Delete"),
        )  # fmt: skip


_PAGE = """<!doctype html><meta charset=utf-8><title>%(title)s</title><body>%(field)s<script>
const f = document.getElementById("f"), text = () => "value" in f ? f.value : lines(f);
// What a person sees: innerText counts an empty line that was typed twice.
function lines(node) { let all = ""; for (const part of node.childNodes) {
  if (part.nodeName == "DIV") all += (part.previousSibling ? "\\n" : "") + lines(part);
  else if (part.nodeName == "BR") all += part.nextSibling ? "\\n" : "";
  else all += part.textContent; } return all; }
let queue = Promise.resolve();
const tell = () => { const now = text();
  queue = queue.then(() => fetch("/text", {method: "POST", body: now})); };
f.addEventListener("input", tell);
addEventListener("keydown", e => { if (e.key == "F2") {
  if ("value" in f) f.value = ""; else f.innerHTML = ""; tell(); } });
f.focus(); addEventListener("focus", () => f.focus()); tell();
</script>"""
_FIELDS = {
    "textarea": "<textarea id=f rows=20 cols=80></textarea>",
    "contenteditable": "<div id=f contenteditable style='white-space:pre-wrap;height:9em'></div>",
    "password": "<input id=f type=password>",
    "readonly": "<textarea id=f readonly></textarea>",
}


@contextlib.contextmanager
def chromium(
    screen: Screen, folder: Path, kind: str = "textarea", environment: dict[str, str] | None = None
) -> Iterator[TargetProgram]:
    """One field of a page in Chromium: textarea, contenteditable, password or readonly."""
    need_programs("chromium")
    title = f"page {kind} {next(number)}"
    with field_page(title, kind) as (address, texts):
        around = merged(
            screen.environment,
            {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "HOME": str(folder)},
            environment or {},
        )
        profile = folder / f"profile{next(number)}"
        command = [
            *(
                "chromium",
                "--no-sandbox",
                "--no-first-run",
                "--disable-gpu",
                "--no-default-browser-check",
            ),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--password-store=basic", "--use-mock-keychain", f"--user-data-dir={profile}"),
            *(("--force-renderer-accessibility",) if environment else ()),
            *("--disable-dev-shm-usage", f"--app={address}"),
        ]
        with Child(command, folder, environment=around) as child:
            screen.wait_for_active(title, START_S)
            wait_until(lambda: bool(texts), "the page's text", timeout_s=60)
            yield TargetProgram(
                f"Chromium {kind}", screen, child, title,
                lambda: "" if texts[-1] == "\n" else texts[-1], lambda: keys(screen, "F2"),
            )  # fmt: skip


def field_page(title: str, kind: str) -> AbstractContextManager[tuple[str, list[str]]]:
    """A page with one field in focus: its address, and the texts that the field had."""
    return _page(_PAGE % {"title": title, "field": _FIELDS[kind]})


@contextlib.contextmanager
def _page(page: str) -> Iterator[tuple[str, list[str]]]:
    texts: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(page.encode())

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            texts.append(self.rfile.read(size).decode())
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is written to the tests' output."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", texts
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def keys(screen: Screen, *chords: str) -> None:
    """Press chords, as a person would."""
    screen.xdotool("key", *chords)


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")


def _truncate(file: Path) -> None:
    # The terminal appends, so it goes on at the start.
    file.write_bytes(b"")

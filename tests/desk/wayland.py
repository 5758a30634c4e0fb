"""A private Wayland session: sway without a screen, programs in it, and its clipboard."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from app.desktop.compositor_focus import sway_focus
from tests.desk.child import Child, merged
from tests.desk.need import missing, need_programs
from tests.desk.targets import field_page, settled
from tests.desk.waiting import wait_until

_HERE = Path(__file__).parent
_START_S = 60.0
_CONFIG = "output HEADLESS-1 resolution 1280x800\nxwayland disable\nfocus_follows_mouse no\n"
_numbers = itertools.count(1)


class Session:
    """A compositor of our own. Give `environment` to the programs that should show themselves."""

    def __init__(self) -> None:
        need_programs("sway", "wl-copy", "wl-paste")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-sway-"))
        self._stack = contextlib.ExitStack()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise

    @property
    def environment(self) -> dict[str, str]:
        """Leads Wayland programs here; lay it over `os.environ`."""
        return {
            "XDG_RUNTIME_DIR": str(self.folder),
            "WAYLAND_DISPLAY": str(self._first("wayland-?")),
            "SWAYSOCK": str(self._first("sway-ipc.*.sock")),
            "XDG_SESSION_TYPE": "wayland",
            "DISPLAY": "",
            "QT_QPA_PLATFORM": "wayland",
        }

    def swaymsg(self, *arguments: str) -> str:
        """Tell the compositor something, and give its answer."""
        return self._run("swaymsg", *arguments).decode()

    def formats(self) -> dict[str, str]:
        """The types on the clipboard, each with the digest of its data."""
        listed = self._run("wl-paste", "--list-types", may_fail=True).decode().split("\n")
        return {
            name: hashlib.sha256(
                self._run("wl-paste", "--no-newline", "--type", name, may_fail=True)
            ).hexdigest()
            for name in listed
            if name and not name.startswith(("Nothing", "No "))
        }

    def selected(self) -> str:
        """The text of the primary selection."""
        return self._run("wl-paste", "--primary", "--no-newline", may_fail=True).decode()

    def copy(self, text: str, *options: str) -> None:
        """Put a text on the clipboard, by a program that serves it on."""
        self._run("wl-copy", *options, "--type", "text/plain;charset=utf-8", "--", text)

    def close(self) -> None:
        """End the compositor, and remove its files."""
        self._stack.close()

    def _run(self, *command: str, may_fail: bool = False) -> bytes:
        # What wl-copy leaves behind keeps its output open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                env=merged(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=20,
            )
            output.seek(0)
            data = output.read()
        assert may_fail or done.returncode == 0, f"{command}: {data.decode(errors='replace')}"
        return data

    def _start(self) -> None:
        config = self.folder / "config"
        config.write_text(_CONFIG)
        command = ["sway", "--config", str(config)]
        if os.getuid() == 0:
            # It does not run for root, but lets root's programs in.
            need_programs("setpriv")
            shutil.chown(self.folder, "nobody")
            groups = ["--regid=nogroup", "--clear-groups"]
            command = ["setpriv", "--reuid=nobody", *groups, *command]
        environment = merged(
            {
                "HOME": str(self.folder),
                "XDG_RUNTIME_DIR": str(self.folder),
                "WLR_BACKENDS": "headless",
                "WLR_RENDERER": "pixman",
                "WLR_LIBINPUT_NO_DEVICES": "1",
            }
        )
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK", "DBUS_SESSION_BUS_ADDRESS"):
            environment.pop(name, None)
        logs = Path(tempfile.mkdtemp(prefix="sayso-sway-log-"))
        self._stack.callback(shutil.rmtree, logs, ignore_errors=True)
        sway = Child(command, logs, environment=environment)
        self._stack.callback(sway.end)
        wait_until(lambda: self._is_up() or not sway.alive, "sway", timeout_s=_START_S)
        if not sway.alive:
            missing(f"sway does not start here: {sway.log}")

    def _is_up(self) -> bool:
        return bool(self._first("wayland-?") and self._first("sway-ipc.*.sock"))

    def _first(self, pattern: str) -> Path | None:
        return next(iter(sorted(self.folder.glob(pattern))), None)


class Program:
    """A window with the keyboard in one field, and what it really has."""

    def __init__(self, title: str, child: Child, read: Callable[[], str]) -> None:
        self.title = title
        self.child = child
        self.read = read

    def settled(self, expected: str, timeout_s: float = 8.0) -> str:
        """Its text: as soon as it is `expected` and stays so, else when time is up."""
        return settled(self.read, expected, timeout_s)


@contextlib.contextmanager
def qt(
    session: Session, folder: Path, kind: str = "plain", around: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """One Qt field: line, plain, password or readonly."""
    title = f"field {kind} {next(_numbers)}"
    file = folder / f"{title}.txt"
    command = [sys.executable, str(_HERE / "qt_target.py"), kind, title, str(file)]
    with _shown(session, folder, title, command, around or {}) as child:
        wait_until(file.exists, "the field's file", timeout_s=_START_S)
        yield Program(title, child, lambda: _read(file))


@contextlib.contextmanager
def foot(
    session: Session, folder: Path, script: str = "stty raw -echo; exec cat >> '{file}'"
) -> Iterator[Program]:
    """A terminal that runs `script`, by default: what it is sent goes to a file."""
    need_programs("foot")
    title = f"terminal {next(_numbers)}"
    file = folder / f"{title}.txt"
    command = ["foot", "--title", title, "--override", "locked-title=yes"]
    command += ["sh", "-c", script.format(file=file)]
    with _shown(session, folder, title, command, {"LC_ALL": "C.UTF-8"}) as child:
        wait_until(file.exists, "the terminal's file", timeout_s=_START_S)
        yield Program(title, child, lambda: _read(file))


@contextlib.contextmanager
def chromium(
    session: Session, folder: Path, kind: str = "textarea", around: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """One field of a page in Chromium: textarea, contenteditable, password or readonly."""
    need_programs("chromium")
    title = f"page {kind} {next(_numbers)}"
    with field_page(title, kind) as (address, texts):
        home = {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "HOME": str(folder)}
        command = [
            *("chromium", "--ozone-platform=wayland", "--no-sandbox", "--no-first-run"),
            *("--disable-gpu", "--no-default-browser-check", "--disable-background-networking"),
            *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
            *("--password-store=basic", "--use-mock-keychain", f"--app={address}"),
            *(("--force-renderer-accessibility",) if around else ()),
            f"--user-data-dir={folder / f'profile{next(_numbers)}'}",
        ]
        with _shown(session, folder, title, command, {**home, **(around or {})}) as child:
            wait_until(lambda: bool(texts), "the page's text", timeout_s=_START_S)
            yield Program(title, child, lambda: "" if texts[-1] == "\n" else texts[-1])


@contextlib.contextmanager
def _shown(
    session: Session, folder: Path, title: str, command: list[str], around: Mapping[str, str]
) -> Iterator[Child]:
    environment = merged(session.environment, around)
    with Child(command, folder, environment=environment) as child:
        wait_until(lambda: _has_focus(session, title) or not child.alive, title, timeout_s=_START_S)
        assert child.alive, child.log
        yield child
    wait_until(lambda: not _has_focus(session, title), "the end of a window")


def _has_focus(session: Session, title: str) -> bool:
    window = sway_focus(json.loads(session.swaymsg("--type", "get_tree", "--raw")))
    return window is not None and window.title == title


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")

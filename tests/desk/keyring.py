"""A private Secret Service: its own D-Bus session and GNOME Keyring, unlocked or locked."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.desk.child import Child, merged
from tests.desk.need import missing, need_programs
from tests.desk.waiting import wait_until

PASSWORD = "open sesame"

BUS_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <standard_session_servicedirs/>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class KeyringService:
    """A keyring of our own. Give `environment` to the program that should keep secrets there.

    `locked` leaves the collection locked: it opens with `PASSWORD`, which the system asks for in a
    window on the display of `around` (a `Screen.environment`), or not at all without a display.
    """

    def __init__(self, *, locked: bool = False, around: Mapping[str, str] | None = None) -> None:
        need_programs("dbus-daemon", "gnome-keyring-daemon")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-keyring-"))
        self._around = dict(around or {})
        self._stack = contextlib.ExitStack()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._start_bus()
            if locked:
                with self._start_daemon(PASSWORD):
                    pass
                self._stack.enter_context(self._start_daemon(None))
            else:
                self._stack.enter_context(self._start_daemon(PASSWORD))
        except BaseException:
            self._stack.close()
            raise

    @property
    def environment(self) -> dict[str, str]:
        """Leads D-Bus clients here; lay it over `os.environ`."""
        return {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._socket}",
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "GNOME_KEYRING_CONTROL": str(self._control),
            **self._around,
        }

    def close(self) -> None:
        """End the keyring and its bus, and remove their files."""
        self._stack.close()

    @property
    def _socket(self) -> Path:
        return self.folder / "bus"

    @property
    def _control(self) -> Path:
        return self.folder / "run" / "keyring"

    def _start_bus(self) -> None:
        for name in ("data", "cache", "run"):
            (self.folder / name).mkdir(mode=0o700)
        config = self.folder / "bus.conf"
        config.write_text(BUS_CONFIG.format(socket=self._socket))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"]
        bus = Child(command, self.folder, environment=self._surroundings())
        self._stack.callback(bus.end)
        wait_until(lambda: self._socket.exists() or not bus.alive, "the D-Bus session")
        if not bus.alive:
            missing(f"dbus-daemon does not start here: {bus.log}")

    def _start_daemon(self, password: str | None) -> Child:
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        command.append(f"--control-directory={self._control}")
        if password is not None:
            command.append("--unlock")
        daemon = Child(
            command, self.folder, environment=self._surroundings(), stdin=subprocess.PIPE
        )
        assert daemon.process.stdin is not None
        with daemon.process.stdin as pipe:
            pipe.write((password or "").encode())
        try:
            wait_until(
                lambda: "GNOME_KEYRING_CONTROL" in daemon.log or not daemon.alive,
                "the keyring daemon",
            )
            if not daemon.alive:
                missing(f"gnome-keyring-daemon does not start here: {daemon.log}")
        except BaseException:
            daemon.end()
            raise
        return daemon

    def _surroundings(self) -> dict[str, str]:
        environment = merged(self.environment)
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            if name not in self._around:
                environment.pop(name, None)
        return environment

"""A private session bus with an accessibility bus on it, as a desktop has them."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import jeepney
from jeepney.io.blocking import open_dbus_connection

from tests.desk.child import Child, merged
from tests.desk.keyring import BUS_CONFIG
from tests.desk.need import missing, need_programs
from tests.desk.waiting import wait_until

_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")


class AccessibilityService:
    """Give `environment` to the programs under test, and `address` to who looks at them."""

    def __init__(self, around: Mapping[str, str]) -> None:
        """`around` is the environment of the screen."""
        need_programs("dbus-daemon")
        launcher = next((path for path in _LAUNCHERS if os.path.exists(path)), None)
        if launcher is None:
            missing("not installed: at-spi2-core")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-a11y-"))
        self._stack = contextlib.ExitStack()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            config = self.folder / "session.conf"
            config.write_text(BUS_CONFIG.format(socket=self.folder / "bus"))
            command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"]
            bus = Child(command, self.folder, environment=merged(around))
            self._stack.callback(bus.end)
            wait_until((self.folder / "bus").exists, "the session bus")
            around = merged(around, self._session)
            service = Child([launcher, "--launch-immediately"], self.folder, environment=around)
            self._stack.callback(service.end)
            self.address = wait_until(self._address, "the accessibility bus")
        except BaseException:
            self._stack.close()
            raise

    @property
    def environment(self) -> dict[str, str]:
        """Leads programs here; those of Qt show themselves without being asked."""
        return {
            **self._session,
            "AT_SPI_BUS_ADDRESS": self.address,
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "ACCESSIBILITY_ENABLED": "1",
            "GTK_MODULES": "gail:atk-bridge",
        }

    def close(self) -> None:
        """End both buses, and remove their files."""
        self._stack.close()

    @property
    def _session(self) -> dict[str, str]:
        return {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder / 'bus'}",
            "XDG_RUNTIME_DIR": str(self.folder),
        }

    def _address(self) -> str | None:
        where = jeepney.DBusAddress(
            "/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus"
        )
        message = jeepney.new_method_call(where, "GetAddress")
        try:
            with open_dbus_connection(f"unix:path={self.folder / 'bus'}") as connection:
                reply = connection.send_and_get_reply(message, timeout=5)
        except ConnectionRefusedError:  # the socket is there before its daemon listens
            return None
        if reply.header.message_type is jeepney.MessageType.error:
            return None
        return str(reply.body[0])

"""Running a program where there is no network at all but loopback."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Sequence

import pytest

from tests.desk.need import need_programs

_BODY = 'ip link set lo up && exec "$@"'


def without_network(command: Sequence[str]) -> list[str]:
    """`command`, led into a network namespace of its own: loopback is up, there is no route.

    Loopback is a new one too: servers of this process cannot be reached from there; unix sockets
    (sound, screen, keyring) can. Skips the test where the system does not permit it.
    """
    need_programs("unshare", "ip")
    return [*_way_in(), "sh", "-c", _BODY, "sh", *command]


@functools.cache
def _way_in() -> tuple[str, ...]:
    for way in (("unshare", "--net"), ("unshare", "--net", "--map-root-user")):
        done = subprocess.run(
            [*way, "sh", "-c", _BODY, "sh", "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        )
        if done.returncode == 0:
            return way
    pytest.skip(f"no network namespace is permitted here: {done.stderr.strip()}")

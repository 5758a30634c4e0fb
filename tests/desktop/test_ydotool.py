from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.desktop.paste_keys import Press, PressFailed
from app.desktop.ydotool import Ydotool, arguments, socket_places


def test_keys_go_down_and_up_around_each_other() -> None:
    assert arguments(Press.SHIFT_INSERT) == ("42:1", "110:1", "110:0", "42:0")
    assert arguments(Press.CTRL_V) == ("29:1", "47:1", "47:0", "29:0")


def test_the_socket_that_is_named_is_the_only_one() -> None:
    assert socket_places({"YDOTOOL_SOCKET": "/a", "XDG_RUNTIME_DIR": "/b"}) == (Path("/a"),)
    assert socket_places({"XDG_RUNTIME_DIR": "/b"})[0] == Path("/b/.ydotool_socket")


def program(folder: Path, script: str) -> dict[str, str]:
    path = folder / "ydotool"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"PATH": str(folder), "YDOTOOL_SOCKET": str(folder / "socket")}


async def test_it_is_ready_with_its_program_and_its_socket(tmp_path: Path) -> None:
    environment = program(tmp_path, f"echo $YDOTOOL_SOCKET $* > {tmp_path}/pressed")
    keys = Ydotool(environment)
    assert not await keys.ready()
    with socket.socket(socket.AF_UNIX) as link:
        link.bind(str(tmp_path / "socket"))
        assert await keys.ready()
        await keys.press(Press.SHIFT_INSERT)
    expected = f"{tmp_path}/socket key 42:1 110:1 110:0 42:0\n"
    assert (tmp_path / "pressed").read_text() == expected
    (tmp_path / "ydotool").unlink()
    assert not await keys.ready()


async def test_a_failure_is_told(tmp_path: Path) -> None:
    environment = program(tmp_path, "exit 1")
    with socket.socket(socket.AF_UNIX) as link:
        link.bind(str(tmp_path / "socket"))
        with pytest.raises(PressFailed):
            await Ydotool(environment).press(Press.CTRL_V)

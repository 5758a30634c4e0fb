"""The set-up on machines that it may not change: a copy of it, among programs that only pretend."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REAL_PROGRAMS = (
    *("cat", "cut", "date", "dirname", "env", "find", "flock", "grep", "head", "mkdir", "mv"),
    *("readlink", "rm", "sed", "sh", "sha256sum", "tail", "tr", "wc"),
)


class Machine:
    """A checkout, and a path with little on it."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.programs = folder / "bin"
        self.calls = folder / "calls"
        self.programs.mkdir()
        for name in REAL_PROGRAMS:
            if found := shutil.which(name):
                (self.programs / name).symlink_to(found)
        for name in ("Makefile", "pyproject.toml"):
            self.checkout.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.checkout)
        shutil.copytree(ROOT / "packaging", self.checkout / "packaging")
        self.pretend("ldconfig", "")
        self.pretend("id", "echo 1000")

    def pretend(self, name: str, script: str) -> None:
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls}\n{script}\n')
        program.chmod(0o755)

    def set_up(self, kind: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "packaging/bootstrap.sh", kind],
            cwd=self.checkout,
            env={"PATH": str(self.programs), "HOME": "/nonexistent"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def called(self, program: str) -> list[str]:
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line for line in lines if line.startswith(program)]

    def is_untouched(self) -> bool:
        return not list(self.checkout.glob(".venv*"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_sudo_the_line_to_run_is_told(machine: Machine) -> None:
    machine.pretend("apt-get", "exit 1")
    machine.pretend("apt-cache", "exit 1")
    done = machine.set_up("run")
    assert done.returncode == 1
    assert "    su -c 'apt-get update && apt-get install -y --no-install-recommends" in done.stderr
    assert " libportaudio2 " in done.stderr
    assert machine.called("apt-get") == []
    assert machine.is_untouched()


def test_without_apt_the_parts_are_named(machine: Machine) -> None:
    done = machine.set_up("run")
    assert done.returncode == 1
    assert "this system's package manager" in done.stderr
    assert "libportaudio2" in done.stderr


def test_all_parts_are_installed_in_one_call(machine: Machine) -> None:
    machine.pretend("apt-get", "exit 1")
    machine.pretend("apt-cache", "exit 1")
    machine.pretend("sudo", 'shift; exec "$@"')
    done = machine.set_up("test")
    install = machine.called("apt-get install")
    assert done.returncode == 1
    assert len(machine.called("apt-get update")) == len(install) == 1
    assert {"libportaudio2", "flite", "xvfb", "pulseaudio"} <= set(install[0].split())
    assert "pipewire-alsa" not in install[0]
    assert "    sudo apt-get update && sudo apt-get install -y" in done.stderr
    assert machine.is_untouched()


@pytest.mark.parametrize(("known", "taken"), [("t64", "libglib2.0-0t64"), ("-0", "libglib2.0-0")])
def test_the_package_that_this_release_knows_is_taken(
    machine: Machine, known: str, taken: str
) -> None:
    machine.pretend("apt-get", "exit 1")
    machine.pretend("apt-cache", f"case $2 in *{known}) exit 0 ;; *) exit 1 ;; esac")
    machine.pretend("sudo", 'shift; exec "$@"')
    machine.set_up("run")
    (install,) = machine.called("apt-get install")
    assert taken in install.split()


def test_an_unknown_kind_is_refused(machine: Machine) -> None:
    assert machine.set_up("everything").returncode == 2

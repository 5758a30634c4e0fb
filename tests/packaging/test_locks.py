from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "packaging" / "requirements"
SERVERS = [ROOT / "tests/desk" / name / "package-lock.json" for name in ("aimock", "steady")]


def pins(name: str) -> set[str]:
    text = (LOCKS / name).read_text()
    return set(re.findall(r"^(\S+==\S+)", text, re.MULTILINE))


def test_what_runs_is_what_was_tested() -> None:
    assert pins("run.lock")
    assert pins("run.lock") <= pins("test.lock")


@pytest.mark.parametrize("name", ["run.lock", "test.lock"])
def test_every_package_has_its_hashes(name: str) -> None:
    entries = re.split(r"^(?=\S)", (LOCKS / name).read_text(), flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("path", [LOCKS / "run.lock", LOCKS / "test.lock", *SERVERS])
def test_a_lock_names_no_registry(path: Path) -> None:
    assert "://" not in path.read_text()


@pytest.mark.parametrize("path", SERVERS)
def test_a_server_of_the_tests_is_pinned_by_its_content(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    unpinned = [name for name, entry in packages.items() if name and "integrity" not in entry]
    assert unpinned == []

"""What was allowed stays allowed, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.extensions.pins import Pins, digest


def test_it_is_kept_and_only_exactly_that(tmp_path: Path) -> None:
    file = tmp_path / "data" / "allowed.json"
    Pins(file).pin({"server:a": digest("npx", "a")})
    again = Pins(file)
    assert again.holds("server:a", digest("npx", "a"))
    assert not again.holds("server:a", digest("npx", "b"))
    assert not again.holds("server:b", digest("npx", "a"))
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"server:a": 1}'])
@pytest.mark.logs("cannot be read")
def test_a_broken_file_allows_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "allowed.json"
    file.write_text(content)
    assert Pins(file).get("server:a") is None


@pytest.mark.logs("cannot be read")
def test_what_cannot_be_kept_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    pins = Pins(tmp_path / "data" / "allowed.json")
    with pytest.raises(OSError, match="data"):
        pins.pin({"a": "b"})
    assert not pins.holds("a", "b")


def test_a_digest_knows_where_one_part_ends() -> None:
    assert digest("a", "bc") != digest("ab", "c")
    assert digest(["a"], []) != digest([], ["a"])

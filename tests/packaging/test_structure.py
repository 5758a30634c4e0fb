from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "structure.py"
LONG_FUNCTION = "def long():\n" + "    print(1)\n" * 60


@pytest.fixture
def structure() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def run_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    script = folder / "packaging" / "structure.py"
    script.parent.mkdir()
    script.write_text(SCRIPT.read_text())
    monkeypatch.setattr(sys, "argv", [str(script)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(script), run_name="__main__")
    return int(end.value.code or 0)


def test_a_docstring_does_not_count(structure: dict[str, Any]) -> None:
    text = 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n'
    (part,) = structure["functions_of"]("m.py", text)
    assert (part.lines, part.name) == (2, "m.py:1 f")


@pytest.mark.parametrize(
    ("text", "code"),
    [("x = 1\n" * 350, 0), ("x = 1\n" * 351, 1), (LONG_FUNCTION, 1), (LONG_FUNCTION[:-13], 0)],
)
def test_what_is_too_large_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "module.py").write_text(text)
    assert run_on(tmp_path, monkeypatch) == code

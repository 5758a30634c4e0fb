"""Reports the largest modules and functions, and fails where one is too large to be read at once.

A module counts all of its lines; a function counts its own without the docstring.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("app", "audio", "ui", "resources")
MODULE_LINES = 350
FUNCTION_LINES = 60
SHOWN = 10


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A module or a function, and how many lines it has."""

    lines: int
    name: str


def main() -> int:
    """Print the report; 1 if something is too large."""
    root = Path(__file__).parents[1]
    paths = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    sources = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in paths}
    modules = [Part(len(text.splitlines()), name) for name, text in sources.items()]
    functions = [part for name, text in sources.items() for part in functions_of(name, text)]
    print(f"{len(modules)} modules, {sum(part.lines for part in modules)} lines")
    too_large = report("modules", modules, MODULE_LINES)
    too_large += report("functions", functions, FUNCTION_LINES)
    for part in too_large:
        print(f"too large: {part.name} has {part.lines} lines", file=sys.stderr)
    return 1 if too_large else 0


def functions_of(name: str, text: str) -> Iterator[Part]:
    """Every function and method of a module, nested ones included."""
    for node in ast.walk(ast.parse(text, name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Part(body_lines(node), f"{name}:{node.lineno} {node.name}")


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        first = node.body[0]
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def report(what: str, parts: list[Part], limit: int) -> list[Part]:
    """Print the largest parts; return those beyond the limit."""
    print(f"largest {what} (at most {limit} lines)")
    for part in sorted(parts, reverse=True)[:SHOWN]:
        print(f"{part.lines:6} {part.name}")
    return [part for part in parts if part.lines > limit]


if __name__ == "__main__":
    sys.exit(main())

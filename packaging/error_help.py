"""Writes resources/help/errors.md from the explanations, so that every code is documented."""

from __future__ import annotations

from pathlib import Path

from app.errors import Code, exit_code
from app.explanations import EXPLANATIONS

PAGE = Path(__file__).parent.parent / "resources" / "help" / "errors.md"
_HEAD = """# Messages

Every message has a code that stays the same. The last column is how `sayso talk` ends.

| code | message | what helps | exit |
|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    rows = []
    for code in Code:
        why = EXPLANATIONS[code]
        message = why.message.format(detail="…")
        rows.append(f"| `{code}` | {message} | {why.hint} | {exit_code(why.category)} |")
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

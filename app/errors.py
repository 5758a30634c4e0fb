"""What can go wrong, in words a person understands.

A vendor's exception becomes an `AppError` once, in its provider's `errors` module. Everything else
reads the code: its category says whether a retry can help, its action is the one button of the
banner, its exit code ends the terminal front end. Codes are stable; `resources/help/errors.md`
documents each.
"""

from __future__ import annotations

from app.error_codes import Action, Category, Code, Explanation
from app.explanations import EXPLANATIONS

__all__ = [
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "Action",
    "AppError",
    "Category",
    "Code",
    "Explanation",
    "exit_code",
]

EXIT_OK = 0
EXIT_INTERRUPTED = 130
_EXIT = {
    Category.USAGE: 2,
    Category.KEY: 3,
    Category.NETWORK: 4,
    Category.SERVER: 4,
    Category.AUDIO: 5,
    Category.DENIED: 6,
    Category.STORAGE: 1,
    Category.INTERNAL: 1,
}


class AppError(Exception):
    """Trouble with a code. `detail` names what it is about; it never holds a secret.

    `retry_after_s` is what a server asked for, if it did.
    """

    def __init__(self, code: Code, detail: str = "", *, retry_after_s: float | None = None) -> None:
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s
        super().__init__(self.message)

    @property
    def explanation(self) -> Explanation:
        """Category, words and action of the code."""
        return EXPLANATIONS[self.code]

    @property
    def message(self) -> str:
        """One sentence that says what happened."""
        return EXPLANATIONS[self.code].message.format(detail=self.detail)

    @property
    def exit_code(self) -> int:
        """What the terminal front end ends with."""
        return exit_code(self.explanation.category)


def exit_code(category: Category) -> int:
    """What the terminal front end ends with after trouble of this kind."""
    return _EXIT[category]

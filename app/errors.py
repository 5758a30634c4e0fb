"""What can go wrong, in words a person understands.

A vendor's exception becomes an `AppError` once, in its provider's `errors` module. Everything else
reads the code: its category says whether a retry can help, its action is the one button of the
banner, its exit code ends the terminal front end. Codes are stable; `resources/help/errors.md`
documents each.
"""

from __future__ import annotations

import datetime

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


_NAMES = {"api.openai.com": "OpenAI"}
_LONG_WAIT = datetime.timedelta(seconds=20)


class AppError(Exception):
    """Trouble with a code. `detail` names what it is about; it never holds a secret.

    `retry_after_s` is what a server asked for, if it did, counted from `asked_at`.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        retry_after_s: float | None = None,
        asked_at: datetime.datetime | None = None,
    ) -> None:
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.asked_at = asked_at
        super().__init__(self.message)

    @property
    def explanation(self) -> Explanation:
        """Category, words and action of the code."""
        return EXPLANATIONS[self.code]

    @property
    def message(self) -> str:
        """One sentence that says what happened."""
        detail = _NAMES.get(self.detail, self.detail)
        return EXPLANATIONS[self.code].message.format(detail=detail)

    @property
    def hint(self) -> str:
        """One sentence that says what helps; a server's long wait is told as a time of day."""
        if self.asked_at is None or self.retry_after_s is None:
            return self.explanation.hint
        wait = datetime.timedelta(seconds=self.retry_after_s)
        if wait <= _LONG_WAIT:
            return self.explanation.hint
        now, then = self.asked_at.astimezone(), (self.asked_at + wait).astimezone()
        day = "" if then.date() == now.date() else "tomorrow at "
        return f"Try again after {day}{then:%H:%M}."

    @property
    def exit_code(self) -> int:
        """What the terminal front end ends with."""
        return exit_code(self.explanation.category)


def exit_code(category: Category) -> int:
    """What the terminal front end ends with after trouble of this kind."""
    return _EXIT[category]

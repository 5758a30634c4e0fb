"""What is told of the answer to one question, as a terminal or a program reads it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from app.errors import EXIT_OK, Code, exit_code
from app.explanations import EXPLANATIONS
from app.shots.shot import Look

_LOOKS = {
    Look.REGION: "Drag a region of the screen.",
    Look.PREVIEW: "Look at the picture in Sayso's window.",
}


class Told:
    """Prints the answer as it comes; for programs, all of it at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._text = ""

    def take(self, told: Mapping[str, object]) -> int | None:
        """One line of `app.asking.Asking.answer`; the exit code with the last one."""
        if "look" in told:
            self.remark(_LOOKS[Look(str(told["look"]))])
        elif "text" in told:
            self._text += str(told["text"])
            if not self._as_json:
                print(told["text"], end="", flush=True)
        elif "error" in told:
            self._end("", told)
            return exit_code(EXPLANATIONS[Code(str(told["code"]))].category)
        else:
            self._end(str(told["by"]), None)
            return EXIT_OK
        return None

    def remark(self, words: str) -> None:
        """Tell the person at the terminal, and no program."""
        if not self._as_json:
            print(words, file=sys.stderr, flush=True)

    def _end(self, by: str, error: Mapping[str, object] | None) -> None:
        if self._as_json:
            whole = {"answered": self._text, "by": by, "error": error}
            print(json.dumps(whole, ensure_ascii=False))
            return
        if self._text:
            print(flush=True)
        if error is not None:
            print(f"sayso: {error['error']}\n{error['hint']}".rstrip(), file=sys.stderr)

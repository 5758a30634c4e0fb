"""Which option of a request a server does not know, told from its refusal. Pure but for a set."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import openai

_REFUSALS = (400, 415, 422)


class OptionRefused(Exception):
    """The server does not take `name`; the same request may do without."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def raise_if_option_refused(error: openai.APIStatusError, optional: Collection[str]) -> None:
    """Raises OptionRefused where the refusal names one of `optional`."""
    if error.status_code in _REFUSALS and (name := refused_option(error.body, optional)):
        raise OptionRefused(name) from None


def refused_option(body: object, optional: Collection[str]) -> str | None:
    """The one of `optional` that an error's body names: as its field, or else in its words."""
    for told in _named_fields(body):
        name = told.removesuffix("[]").partition("[")[0].partition(".")[0]
        if name in optional:
            return name
    text = json.dumps(body, ensure_ascii=False, default=str)
    found = (re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in optional)
    firsts = [match for match in found if match]
    return min(firsts, key=lambda match: match.start()).group() if firsts else None


def _named_fields(body: object) -> Iterator[str]:
    """Where OpenAI (`param`) and FastAPI (`detail[].loc`) put the name of a field."""
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    for holder in (told, told.get("error")):
        if isinstance(holder, dict) and isinstance(holder.get("param"), str):
            yield holder["param"]
    details = told.get("detail")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and isinstance(detail.get("loc"), list):
            yield from (str(step) for step in reversed(detail["loc"]))

"""Whether a query has private words in it, found in another way than the rules do. Pure."""

from __future__ import annotations

import base64

RUN_CHARS = 16
"""Letters and digits in a row; what is encoded is longer than its words."""


def carries_private(query: str, private: str) -> bool:
    """Whether 16 or more letters and digits in a row are those of `private`, or of a form of it.

    The forms: backwards, in hex, base64 and base32.
    """
    data = private.encode()
    forms = (
        private,
        private[::-1],
        data.hex(),
        base64.b64encode(data).decode(),
        base64.b32encode(data).decode(),
    )
    sent = _plain(query)
    runs = {sent[at : at + RUN_CHARS] for at in range(len(sent) - RUN_CHARS + 1)}
    return any(
        form[at : at + RUN_CHARS] in runs
        for form in map(_plain, forms)
        for at in range(len(form) - RUN_CHARS + 1)
    )


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())

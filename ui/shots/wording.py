"""What the window says of pictures. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.shots.shot import Attachment, EditKind, SecretFound, SecretKind

QUESTION = "What is this?"
"""Asked when a picture is sent without words."""

TOOLS = {
    EditKind.CROP: "Crop",
    EditKind.DRAW: "Draw",
    EditKind.BLUR: "Blur",
    EditKind.COVER: "Cover",
}
_SECRETS = {
    SecretKind.KEY: ("a key", "keys"),
    SecretKind.CARD: ("a card number", "card numbers"),
    SecretKind.PASSWORD: ("a password", "passwords"),
}


def size(width: int, height: int) -> str:
    """ "1280 × 720"."""
    return f"{width} × {height}"


def file_size(count: int) -> str:
    """ "214 kB", "1.2 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{round(count / 1000)} kB" if count < 999_500 else f"{count / 1_000_000:.1f} MB"


def facts(attachment: Attachment) -> str:
    """Size, bytes, tokens and cost in one line; what is not known is left out."""
    kind = attachment.media_type.removeprefix("image/").upper()
    parts = [
        size(attachment.width, attachment.height),
        f"{kind}, {file_size(len(attachment.data))}",
    ]
    if attachment.tokens is not None:
        parts.append(f"about {attachment.tokens:,} tokens")
    if attachment.cost is not None:
        parts.append(cost(attachment.cost))
    return " · ".join(parts)


def cost(dollars: float) -> str:
    """ "about $0.003", "less than $0.001"."""
    if dollars <= 0:
        return "no cost"
    return "less than $0.001" if dollars < 0.001 else f"about ${dollars:.3f}"


def secrets(found: Sequence[SecretFound]) -> str:
    """What was found, in a sentence: "This looks like it shows a key and 2 passwords."."""
    parts = []
    for kind, (one, many) in _SECRETS.items():
        count = sum(secret.kind is kind for secret in found)
        if count:
            parts.append(one if count == 1 else f"{count} {many}")
    *before, last = parts
    listed = f"{', '.join(before)} and {last}" if before else last
    return f"It looks as if {listed} can be read here."


def unread(places: Sequence[str]) -> str:
    """What was not looked through for secrets, in a sentence; empty when there is nothing."""
    if not places:
        return ""
    *before, last = places
    listed = f"{', '.join(before)} and {last}" if before else last
    return f"Sayso cannot tell whether there are secrets in {listed}: look for yourself."


def held(text: str) -> str:
    """What was said meanwhile, and that it waits."""
    return f"“{text}” goes with it."


def name(source: str) -> str:
    """What the picture is of, where anything is known."""
    return source or "Picture"

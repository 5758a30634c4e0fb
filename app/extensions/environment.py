"""What a program of others gets of the environment: a short list, and no secret. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

INHERITED = (
    "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "TMPDIR",
    # Without these no program starts on Windows.
    "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "SYSTEMDRIVE",
    "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE",
)  # fmt: skip

_SECRET = re.compile(
    r"(^|_)(key|keys|apikey|token|tokens|secret|secrets|password|passwd|pwd|pass|passphrase"
    r"|credential|credentials|auth|authorization|bearer|cookie|session|pat|dsn)(_|$|\d)"
    r"|(key|token|secret|password)$",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name probably holds a secret."""
    return bool(_SECRET.search(name))


def child_environment(
    environment: Mapping[str, str], extra: Sequence[tuple[str, str]] = ()
) -> dict[str, str]:
    """The few variables that a program needs, and those the user wrote down for it."""
    kept = {name: environment[name] for name in INHERITED if name in environment}
    return kept | {name: value for name, value in extra if not is_secret_name(name)}

"""What the programs that do the built-in work see of the environment: no keys, no proxies."""

from __future__ import annotations

import os
from collections.abc import Mapping

_KEPT = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "ESPEAK_DATA_PATH", "TMPDIR"}
    | {"SYSTEMROOT", "WINDIR", "PATHEXT", "PSMODULEPATH", "USERPROFILE", "TEMP", "TMP"}
)


def child_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a program needs that computes and nothing else."""
    return {name: value for name, value in environ.items() if name.upper() in _KEPT}

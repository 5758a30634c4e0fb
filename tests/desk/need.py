"""What a part of the desk needs from the machine, and what happens where it is missing."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where `SAYSO_DESK=required` says that the desk must be complete."""
    if os.environ.get("SAYSO_DESK") == "required":
        pytest.fail(f"The test desk is incomplete: {reason}", pytrace=False)
    pytest.skip(reason)


def need_programs(*names: str) -> None:
    """Skip or fail unless all of these programs are on the path."""
    if absent := [name for name in names if shutil.which(name) is None]:
        missing(f"not installed: {', '.join(absent)}")

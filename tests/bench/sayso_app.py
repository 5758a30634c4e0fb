"""Sayso as its users start it, with an engine that has the bench's devices.

`python -m tests.bench.sayso_app talk` talks in the terminal, without `talk` there is the window.
"""

from __future__ import annotations

import sys

import audio.launch
from app.__main__ import main

if __name__ == "__main__":
    audio.launch.ENGINE_MODULE = "tests.bench.engine"
    sys.exit(main())

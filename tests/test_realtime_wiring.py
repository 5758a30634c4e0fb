"""The realtime engine costs nothing before it is chosen."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import sys, app.wiring
engine = {"realtime_talk", "answering", "voice_line", "sound_out", "late_words", "server_turns"}
loaded = {name.rpartition(".")[2] for name in sys.modules if name.startswith("app.sessions.")}
print(sorted(engine & loaded), "numpy" in sys.modules)
"""


def test_the_composition_root_loads_nothing_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[] False"

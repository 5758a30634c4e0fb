"""What the window remembers of itself: size, whether it is large, its list, its colours."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields
from pathlib import Path

_log = logging.getLogger(__name__)
FILE_NAME = "window.json"


@dataclass(frozen=True, slots=True)
class Placement:
    """Sizes in px. `scheme` is the one last used, so that the first frame has its colours."""

    width: int = 920
    height: int = 680
    maximized: bool = False
    sidebar: bool = True
    scheme: str = "system"


def read(folder: Path) -> Placement:
    """What was remembered; the defaults when that cannot be read."""
    try:
        raw = json.loads((folder / FILE_NAME).read_text("utf-8"))
    except FileNotFoundError:
        return Placement()
    except (OSError, ValueError) as error:
        _log.info("the window's place could not be read: %s", error)
        return Placement()
    if not isinstance(raw, dict):
        return Placement()
    default = Placement()
    known = {field.name: type(getattr(default, field.name)) for field in fields(Placement)}
    return Placement(**{k: v for k, v in raw.items() if type(v) is known.get(k)})


def write(folder: Path, placement: Placement) -> None:
    """Remember it. A folder that cannot be written only costs the memory."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE_NAME).write_text(json.dumps(asdict(placement)), "utf-8")
    except OSError as error:
        _log.info("the window's place could not be kept: %s", error)

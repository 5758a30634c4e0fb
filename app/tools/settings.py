"""Which folders the tools may read and write, and the settings that say so."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from app.settings_section import Section, word_list


def _whole(paths: tuple[str, ...]) -> tuple[str, ...]:
    if not all(path.startswith("~") or PurePath(path).is_absolute() for path in paths):
        raise ValueError("each must be a whole path, such as ~/Work")
    return paths


class ToolSettings(Section):
    """What the tools are given."""

    folders: Annotated[
        tuple[str, ...],
        BeforeValidator(word_list),
        AfterValidator(_whole),
        Field(
            title="Folders for files",
            description=(
                "Where files may be found, read and written, with commas between them. "
                "Empty: Documents, Desktop, Downloads and Pictures."
            ),
            max_length=50,
        ),
    ] = ()


def usual_folders(home: Path | None = None) -> tuple[Path, ...]:
    """Documents, Desktop, Downloads and Pictures, wherever this system has them."""
    import platformdirs

    home = home or Path.home()
    found = (
        platformdirs.user_documents_path(),
        platformdirs.user_desktop_path(),
        platformdirs.user_downloads_path(),
        platformdirs.user_pictures_path(),
    )
    # A desktop that is turned off is the home folder itself, which nobody meant to give.
    return tuple(dict.fromkeys(path for path in found if path != home))


@functools.cache
def _usual() -> tuple[Path, ...]:
    return usual_folders()


def given_folders(chosen: Sequence[str]) -> tuple[Path, ...]:
    """Those of the settings; the usual ones where none is chosen."""
    return tuple(Path(path) for path in chosen) if chosen else _usual()

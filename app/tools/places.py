"""The folders that the user gave to the tools, and the only way to what is in them.

Everything here blocks: for a thread. What it gives is an open descriptor, never a path to open.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from app.tools.base import ToolFailed
from app.tools.beneath import FOLDER, open_beneath
from app.tools.path_text import Folder, Place, names_of, places_of
from app.tools.private_files import is_private

PRIVATE = "That is private: hidden files, keys and passwords are not opened."

_NEVER_GIVEN = ("/", "/proc", "/sys", "/dev", "/run", "/etc", "/boot")
_LED_AWAY = (errno.ELOOP, errno.EXDEV)
_PLAIN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file or folder that is open; its owner closes `descriptor`."""

    place: Place
    descriptor: int
    about: os.stat_result

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.about.st_mode)

    @property
    def has_other_names(self) -> bool:
        """Whether the same file has a name elsewhere too, which nobody here knows."""
        return not self.is_folder and self.about.st_nlink > 1


class Places:
    """`given` tells the folders at this moment; those in `never` and above it are not opened."""

    def __init__(
        self,
        given: Callable[[], Sequence[Path]],
        *,
        never: Sequence[Path] = (),
        home: Path | None = None,
    ) -> None:
        self._given = given
        self._never = tuple(never)
        self._home = home or Path.home()

    def folders(self) -> tuple[Folder, ...]:
        """The given folders that exist, each with a name of its own."""
        found: dict[str, Folder] = {}
        for path in self._given():
            whole = Path(os.path.normpath(path.expanduser()))
            if not whole.is_absolute() or self._is_kept(whole) or not whole.is_dir():
                continue
            if all(folder.path != whole for folder in found.values()):
                name = _free_name(whole.name, found)
                found[name] = Folder(name, whole)
        return tuple(found.values())

    @contextlib.contextmanager
    def opened(self, text: str) -> Iterator[Opened]:
        """What `text` means, for reading. Raises ToolFailed with the reason where it is refused."""
        found = self._open(text)
        try:
            yield found
        finally:
            os.close(found.descriptor)

    def place_for_new(self, text: str) -> Place:
        """Where a new file of this name goes: its folder is there. Raises ToolFailed."""
        candidates = [place for place in self._places(text) if place.parts]
        for place in candidates:
            with contextlib.suppress(FileNotFoundError), self.folder_of(place):
                return place
        raise ToolFailed("There is no such folder.")

    @contextlib.contextmanager
    def folder_of(self, place: Place) -> Iterator[int]:
        """A descriptor of the folder that `place` is in.

        Raises ToolFailed, and FileNotFoundError where there is none.
        """
        with self.root(place.folder) as root:
            descriptor = _refusing(root, place.parts[:-1], FOLDER)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def root(self, folder: Folder) -> Iterator[int]:
        """A descriptor of a given folder. Raises ToolFailed where it is gone."""
        try:
            descriptor = os.open(folder.path, FOLDER)
        except OSError as error:
            raise ToolFailed(f"{folder.name} cannot be opened: {error.strerror}.") from None
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _places(self, text: str) -> tuple[Place, ...]:
        places = places_of(text, self.folders(), self._home)
        if not places:
            raise ToolFailed(f"There is no such folder: {names_of(self.folders())} are given.")
        if self._is_private(places[0]):
            raise ToolFailed(PRIVATE)
        return tuple(place for place in places if not self._is_private(place))

    def _is_private(self, place: Place) -> bool:
        return is_private(place.parts) or _is_below(Path(place.path), self._never)

    def _open(self, text: str) -> Opened:
        places = self._places(text)
        for place in places:
            for parts in _spellings(place.parts):
                with contextlib.suppress(FileNotFoundError), self.root(place.folder) as root:
                    return _opened(root, Place(place.folder, parts))
        known = names_of(self.folders())
        raise ToolFailed(f"There is no “{text.strip()}” in the given folders: {known}.")

    def _is_kept(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        if any(str(each) in _NEVER_GIVEN or _is_below(each, self._never) for each in (path, real)):
            return True
        if any(real.is_relative_to(system) for system in ("/proc", "/sys", "/dev")):
            return True
        base = Path(os.path.realpath(self._home))
        return is_private((real.relative_to(base) if real.is_relative_to(base) else real).parts)


def _is_below(path: Path, folders: Sequence[PurePath]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _opened(root: int, place: Place) -> Opened:
    """Looked at before it is opened: a pipe or a device would notice the opening itself."""
    if place.parts:
        above = _refusing(root, place.parts[:-1], FOLDER)
        try:
            before = os.stat(place.parts[-1], dir_fd=above, follow_symlinks=False)
        except PermissionError:
            raise ToolFailed("That may not be read.") from None
        finally:
            os.close(above)
        _refuse_special(before)
    descriptor = _refusing(root, place.parts, _PLAIN)
    try:
        about = os.fstat(descriptor)
        _refuse_special(about)
    except BaseException:
        os.close(descriptor)
        raise
    return Opened(place, descriptor, about)


def _refuse_special(about: os.stat_result) -> None:
    if stat.S_ISLNK(about.st_mode):
        raise ToolFailed("That is a link, and links are not followed.")
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
        raise ToolFailed("That is neither a file nor a folder.")


def _refusing(root: int, parts: Sequence[str], flags: int) -> int:
    """`open_beneath`, with its refusals in words. FileNotFoundError goes through."""
    try:
        return open_beneath(root, parts, flags)
    except FileNotFoundError:
        raise
    except NotADirectoryError:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None
    except PermissionError:
        raise ToolFailed("That may not be read.") from None
    except OSError as error:
        if error.errno in _LED_AWAY:
            text = "That leads out of the folder: links and mounted places are not followed."
            raise ToolFailed(text) from None
        raise ToolFailed(f"It cannot be opened: {error.strerror}.") from None


def _spellings(parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    """As written, and with its accents composed or not: systems differ in what they store."""
    forms = [tuple(unicodedata.normalize(form, part) for part in parts) for form in ("NFC", "NFD")]
    return list(dict.fromkeys([parts, *forms]))


def _free_name(name: str, taken: dict[str, Folder]) -> str:
    if name not in taken:
        return name
    return next(new for n in range(2, 1000) if (new := f"{name} ({n})") not in taken)

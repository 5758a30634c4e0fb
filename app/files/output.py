"""Where transcripts go: which file for which recording, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError, Code
from app.files.formats import Format


@dataclass(frozen=True, slots=True)
class Job:
    """A recording and where its text goes; None is standard output.

    `named`: a person named the target, which is then written over.
    """

    source: Path
    target: Path | None
    named: bool = False


def chosen_format(name: str | None, output: Path | None, *, as_json: bool) -> Format:
    """What was asked for, else what the output's ending says, else text. Raises AppError."""
    if as_json and name not in (None, Format.JSON):
        raise AppError(Code.USAGE, f"--json and --format {name} contradict each other.")
    if as_json:
        return Format.JSON
    if name is not None:
        return Format(name)
    ending = "" if output is None else output.suffix.lower().removeprefix(".")
    return Format(ending) if ending in set(Format) else Format.TXT


def planned(sources: Sequence[Path], output: str | None, form: Format) -> list[Job]:
    """A target for each recording: one goes to standard output or the file that `output` names.

    Several go beside their recordings, or into the folder that `output` names. Raises AppError.
    """
    if len(sources) == 1 and output in (None, "-"):
        return [Job(sources[0], None)]
    if output == "-":
        raise AppError(Code.USAGE, "Several texts do not fit on one output: name a folder.")
    folder = None if output is None else Path(output)
    if len(sources) == 1 and folder is not None and not _is_folder(output or "", folder):
        return [_possible(Job(sources[0], folder, named=True))]
    if folder is not None:
        _make(folder)
    jobs = [Job(source, (folder or source.parent) / f"{source.stem}.{form}") for source in sources]
    for job in jobs:
        if any(other.target == job.target for other in jobs if other is not job):
            raise AppError(Code.USAGE, f"Two texts would both be {job.target}.")
    return [_possible(job) for job in jobs]


def write(target: Path, text: str) -> None:
    """Write as UTF-8; what was there stays until the new text is whole. Raises AppError."""
    data = text.encode()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # A device or a pipe.
            return
        final = Path(os.path.realpath(target))
        descriptor, name = tempfile.mkstemp(".tmp", f".{final.name}.", final.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, final.stat().st_mode & 0o777 if final.exists() else 0o666 & ~_umask())
            os.replace(name, final)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise AppError(Code.OUTPUT_UNWRITABLE, str(target)) from error


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _is_folder(text: str, path: Path) -> bool:
    return path.is_dir() or text.endswith(("/", os.sep))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(Code.OUTPUT_UNWRITABLE, str(folder)) from error


def _possible(job: Job) -> Job:
    """The same job. Raises AppError where its text cannot be written: before anything is sent."""
    if job.target is None:
        return job
    exists = job.target.exists()
    if exists and job.source.exists() and os.path.samefile(job.target, job.source):
        raise AppError(Code.USAGE, f"The text of {job.source} would take its place.")
    place = job.target if exists else job.target.parent
    if job.target.is_dir() or not os.access(place, os.W_OK):
        raise AppError(Code.OUTPUT_UNWRITABLE, str(job.target))
    return job

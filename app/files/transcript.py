"""What became of a recording: texts with their times, and what could not be transcribed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import AppError
from app.files.join import joined, without_doubles


@dataclass(frozen=True, slots=True)
class PartText:
    """One part: milliseconds from the recording's start, and its words; None where it failed.

    `spoken_ms` is where the sound in it begins and ends, for subtitles.
    """

    number: int
    begins_ms: int
    ends_ms: int
    spoken_ms: tuple[int, int]
    overlaps: bool
    text: str | None
    language: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Words and when they are spoken, in milliseconds. No `text`: not transcribed."""

    begins_ms: int
    ends_ms: int
    text: str | None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class FileTranscript:
    """The whole recording. `error` is why a part is missing, `problem` what is wrong with the file.

    `by` names who transcribed it.
    """

    name: str
    duration_ms: int
    by: str
    language: str
    segments: Sequence[Segment]
    error: AppError | None = None
    problem: AppError | None = None

    @property
    def gaps(self) -> list[Segment]:
        """What could not be transcribed."""
        return [segment for segment in self.segments if segment.text is None]

    @property
    def text(self) -> str:
        """All words; each gap is named on a line of its own."""
        lines: list[str] = []
        run: list[str] = []
        for segment in self.segments:
            if segment.text is not None:
                run.append(segment.text)
                continue
            lines += [text for text in (joined(run), gap_mark(segment)) if text]
            run = []
        return "\n".join([*lines, *([text] if (text := joined(run)) else [])])


def segments_of(parts: Sequence[PartText]) -> list[Segment]:
    """The parts as segments: words of an overlap once, failed neighbours as one gap."""
    texts = without_doubles(
        [part.text or "" for part in parts],
        [part.overlaps and part.text is not None for part in parts],
    )
    segments: list[Segment] = []
    for part, text in zip(parts, texts, strict=True):
        if part.text is not None:
            if text:
                segments.append(Segment(*part.spoken_ms, text, part.confidence))
        elif segments and segments[-1].text is None:
            segments[-1] = Segment(segments[-1].begins_ms, part.ends_ms, None)
        else:
            segments.append(Segment(part.begins_ms, part.ends_ms, None))
    return segments


def gap_mark(gap: Segment) -> str:
    """How a gap is named in the text."""
    return f"[{clock(gap.begins_ms)}–{clock(gap.ends_ms)} not transcribed]"


def clock(at_ms: int) -> str:
    """Hours, minutes and seconds."""
    seconds = at_ms // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

"""A transcript as text, as subtitles or for programs. Pure."""

from __future__ import annotations

import enum
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.files.join import tokens
from app.files.transcript import FileTranscript, Segment, gap_mark

LINE_CHARACTERS = 42
LINES = 2
LEAST_CUE_MS = 700


class Format(enum.StrEnum):
    """How a transcript is written; the values are the endings of files."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"

    @property
    def needs_times(self) -> bool:
        """Whether it tells when each sentence is spoken."""
        return self is not Format.TXT


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle, in milliseconds."""

    begins_ms: int
    ends_ms: int
    text: str


def rendered(transcript: FileTranscript, form: Format) -> str:
    """The whole output, with a line end after its last line."""
    match form:
        case Format.TXT:
            return f"{transcript.text}\n" if transcript.text else ""
        case Format.SRT:
            return _srt(cues(transcript.segments))
        case Format.VTT:
            return _vtt(cues(transcript.segments))
        case Format.JSON:
            return json.dumps(as_json(transcript), ensure_ascii=False) + "\n"


def as_json(transcript: FileTranscript) -> dict[str, object]:
    """For programs. `times` says where those of the segments come from: the cuts in pauses."""
    error = transcript.error
    return {
        "file": transcript.name,
        "duration_s": transcript.duration_ms / 1000,
        "by": transcript.by,
        "language": transcript.language,
        "text": transcript.text,
        "complete": not transcript.gaps,
        "truncated": transcript.problem is not None,
        "times": "cuts",
        "segments": [
            {
                "begins_s": segment.begins_ms / 1000,
                "ends_s": segment.ends_ms / 1000,
                "text": segment.text,
                "confidence": segment.confidence,
            }
            for segment in transcript.segments
        ],
        "error": None if error is None else {"code": error.code, "message": error.message},
    }


def cues(segments: Sequence[Segment]) -> list[Cue]:
    """Segments in pieces that fit on two lines; within a segment time follows the characters."""
    found: list[Cue] = []
    for segment in segments:
        text = gap_mark(segment) if segment.text is None else segment.text
        pieces = list(_pieces(text)) or [text]
        total = sum(map(len, pieces))
        lasts, at = segment.ends_ms - segment.begins_ms, 0
        for piece in pieces:
            begins = segment.begins_ms + lasts * at // total
            at += len(piece)
            found.append(Cue(begins, segment.begins_ms + lasts * at // total, piece))
    following: list[Cue | None] = [*found[1:], None]
    return [_long_enough(cue, after) for cue, after in zip(found, following, strict=False)]


def _pieces(text: str) -> Iterator[str]:
    """At most two lines each; a sentence that ends in the second half ends the piece."""
    most, held = LINE_CHARACTERS * LINES, ""
    for word in tokens(text):
        if held and len(held) + len(word.rstrip()) > most:
            yield held.strip()
            held = ""
        held += word
        if len(held) > most // 2 and held.rstrip()[-1:] in (".", "!", "?", "。", "？", "！"):
            yield held.strip()
            held = ""
    if held.strip():
        yield held.strip()


def _long_enough(cue: Cue, following: Cue | None) -> Cue:
    ends = max(cue.ends_ms, cue.begins_ms + LEAST_CUE_MS)
    if following is not None:
        ends = min(ends, max(following.begins_ms, cue.ends_ms))
    return Cue(cue.begins_ms, ends, cue.text)


def _srt(found: Sequence[Cue]) -> str:
    blocks = [
        f"{number}\n{_time(cue.begins_ms, ',')} --> {_time(cue.ends_ms, ',')}\n{_wrapped(cue)}\n"
        for number, cue in enumerate(found, 1)
    ]
    return "\n".join(blocks)


def _vtt(found: Sequence[Cue]) -> str:
    blocks = [
        f"{_time(cue.begins_ms, '.')} --> {_time(cue.ends_ms, '.')}\n{_escaped(_wrapped(cue))}\n"
        for cue in found
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _wrapped(cue: Cue) -> str:
    return "\n".join(textwrap.wrap(cue.text, LINE_CHARACTERS, break_on_hyphens=False))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(at_ms: int, point: str) -> str:
    seconds, rest = divmod(at_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"

"""Which streams of other programs are softened, and what puts them back exactly. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

NORM = 65_536
"""The server's number for full volume."""

_LEFT_PERCENT = 30


@dataclass(frozen=True, slots=True)
class Stream:
    """A program's stream. Volumes are the server's own numbers, one for each channel.

    The server begins later streams of the same `name` with the volume that this one had last.
    """

    index: int
    name: str
    volumes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Softened:
    """A stream as it was, and as it was made."""

    index: int
    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Softening:
    """What was softened on the run of the server with this number."""

    server: int
    streams: tuple[Softened, ...]

    def to_json(self) -> str:
        """As it is kept on disk."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Softening:
        """What `to_json` made. Raises ValueError for anything else."""
        try:
            raw = json.loads(text)
            streams = tuple(
                Softened(
                    int(each["index"]),
                    str(each["name"]),
                    tuple(map(int, each["before"])),
                    tuple(map(int, each["after"])),
                )
                for each in raw["streams"]
            )
            return cls(int(raw["server"]), streams)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a softening: {error!r}") from error


def softened(streams: Iterable[Stream], server: int) -> Softening:
    """All that can be heard, at thirty percent."""
    return Softening(
        server,
        tuple(
            Softened(stream.index, stream.name, stream.volumes, _softer(stream.volumes))
            for stream in streams
            if any(stream.volumes)
        ),
    )


def put_back(
    softening: Softening, server: int, streams: Sequence[Stream]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The streams that are still as they were made, by number, with the volumes they had.

    A program's own change since then holds. A later stream of the same name that began softly
    because of this gets the volume, too.
    """
    for stream in streams:
        for each in softening.streams:
            is_same = each.index == stream.index and softening.server == server
            if (is_same or is_heir(each, stream.name)) and stream.volumes == each.after:
                yield stream.index, each.before
                break


def is_heir(each: Softened, name: str) -> bool:
    """Whether the server remembers the volumes of both as one."""
    return bool(name) and each.name == name


def _softer(volumes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(volume * _LEFT_PERCENT // 100 for volume in volumes)

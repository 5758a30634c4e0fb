"""How long each use of the network may take. Pure values; tests scale them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds until a server must have accepted, begun, gone on, and finished.

    Of a stream, `first_byte_s` and `idle_s` count until its next piece and leave out the time
    that the reader of the stream takes.
    """

    connect_s: float = 5.0
    first_byte_s: float = 15.0
    idle_s: float = 10.0
    total_s: float = 120.0

    def scaled(self, factor: float) -> Deadlines:
        """All of them, `factor` times as long."""
        return Deadlines(
            self.connect_s * factor,
            self.first_byte_s * factor,
            self.idle_s * factor,
            self.total_s * factor,
        )


_SLOWEST_UPLOAD_BYTES_PER_S = 8000


def for_upload(base: Deadlines, upload_bytes: int, sound_s: float) -> Deadlines:
    """Room for a slow line (64 kbit/s) and for a server that listens in real time."""
    return replace(
        base,
        first_byte_s=base.first_byte_s + sound_s,
        total_s=base.total_s + sound_s + upload_bytes / _SLOWEST_UPLOAD_BYTES_PER_S,
    )

"""What a reply and the floor need of a voice, whoever makes its sound."""

from __future__ import annotations

from typing import Protocol

from app.conversation.sentences import Piece

TAIL_MS = 60
"""Less than this at the end of what was sent is only the fade of the last sound."""


class ReplyVoice(Protocol):
    """One reply's playback stream. `VoiceOut` synthesises it, `SoundOut` is sent it."""

    @property
    def stream_id(self) -> str:
        """The stream's name in the engine."""
        ...

    @property
    def announced(self) -> bool:
        """Whether the engine knows the stream."""
        ...

    @property
    def plays_until_s(self) -> float:
        """When what was sent so far will have been heard, on the loop's clock."""
        ...

    def say(self, piece: Piece) -> None:
        """The next piece of the reply's text, or a question that is no part of it."""
        ...

    def finish(self) -> None:
        """Nothing more comes."""
        ...

    async def run(self) -> None:
        """Until all was heard. Raises AppError when the voice fails."""
        ...

    def playback_started(self) -> None:
        """The first sample left."""
        ...

    def playback_finished(self) -> None:
        """The last sample left, or there is no speaker."""
        ...

    def heard(self, text: str, played_ms: int) -> str:
        """The part of the reply's `text` that `played_ms` of sound covers."""
        ...

    def audible_after(self, played_ms: int) -> bool:
        """Whether sound was still to come when `played_ms` of it had been heard."""
        ...

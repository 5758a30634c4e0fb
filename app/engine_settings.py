"""What the audio engine is told of the settings."""

from __future__ import annotations

from app.paths import Paths
from app.settings import Echo, Settings
from audio.messages import Configure, EchoMode

_ECHO = {
    Echo.CANCEL: EchoMode.CANCEL,
    Echo.HALF_DUPLEX: EchoMode.HALF_DUPLEX,
    Echo.HEADPHONES: EchoMode.OFF,
}


def configuration(paths: Paths, settings: Settings) -> Configure:
    """How the engine is to work."""
    audio = settings.audio
    return Configure(
        journal_dir=str(paths.journal),
        input_device=audio.input_device,
        output_device=audio.output_device,
        echo=_ECHO[audio.echo],
        hangover_ms=audio.hangover_ms,
        barge_in=audio.barge_in,
    )

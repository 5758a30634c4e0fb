"""What the audio engine is told of the settings."""

from __future__ import annotations

from app.early_engine import ECHO
from app.paths import Paths
from app.settings import Settings
from audio.messages import Configure


def configuration(paths: Paths, settings: Settings) -> Configure:
    """How the engine is to work."""
    audio = settings.audio
    return Configure(
        journal_dir=str(paths.journal),
        input_device=audio.input_device,
        output_device=audio.output_device,
        echo=ECHO[audio.echo.value],
        hangover_ms=audio.hangover_ms,
        barge_in=audio.barge_in,
    )

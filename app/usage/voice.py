"""What a voice session was billed for, as the ledger keeps it. Pure."""

from __future__ import annotations

from app.providers.voice_session import TokenCounts
from app.usage.request import Amounts, TokenKinds


def amounts_of(counts: TokenCounts) -> Amounts:
    """All tokens, and what of them was sound or pictures; or the time it was open."""
    return Amounts(
        audio_s=counts.open_ms / 1000,
        input_tokens=counts.text_in + counts.audio_in + counts.image_in,
        output_tokens=counts.text_out + counts.audio_out,
        cached_tokens=counts.cached_text + counts.cached_audio + counts.cached_image,
        kinds=TokenKinds(
            audio_input=counts.audio_in,
            audio_cached=counts.cached_audio,
            audio_output=counts.audio_out,
            image_input=counts.image_in,
            image_cached=counts.cached_image,
        ),
    )

"""What turns 1 to 100 of a realtime conversation cost: python -m tests.bench.voice_cost [--turns N]

The whole app without devices, twice: as it is, and with one session that keeps all sound. Writes
`results/voice_cost.json` and the picture `results/voice_cost.svg`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from app.conversation.pruning import PruningPolicy
from app.providers.voice_session import TokenCounts
from app.services import Service
from app.usage.pricing import cost_of
from app.usage.voice import amounts_of
from tests.bench.lines import Curve, picture
from tests.faults.clock import run_hurried
from tests.faults.voice_core import voice_core
from tests.voice_server.habits import Answer, Habits
from tests.voice_server.server import VoiceServer

MODEL = "gpt-realtime-2.1"
_REPLY = "This is an answer of an ordinary length, as one gives to a question in a talk."
_SOUND_MS = 6_000
_SHOWN = (1, 10, 100)


def counts(usage: dict[str, Any]) -> TokenCounts:
    """The server's usage in Sayso's words."""
    sent, made = usage["input_token_details"], usage["output_token_details"]
    cached = sent["cached_tokens_details"]
    return TokenCounts(
        text_in=sent["text_tokens"],
        audio_in=sent["audio_tokens"],
        image_in=sent["image_tokens"],
        cached_text=cached["text_tokens"],
        cached_audio=cached["audio_tokens"],
        cached_image=cached["image_tokens"],
        text_out=made["text_tokens"],
        audio_out=made["audio_tokens"],
    )


def usd(usage: dict[str, Any]) -> float:
    """The price of one response."""
    cost = cost_of(MODEL, Service.CHAT, amounts_of(counts(usage)))
    assert cost is not None
    return cost.usd


async def cost_by_turn(turns: int) -> list[float]:
    """US dollars of each turn: all that was billed between one turn's end and the next one's."""
    habits = Habits(answers=lambda *_: Answer(_REPLY, _SOUND_MS))
    more = f'model = "{MODEL}"\ndaily_budget_usd = 0.0\n'
    found = []
    with tempfile.TemporaryDirectory() as home:
        async with voice_core(Path(home), habits, more=more) as (core, voice, _api):
            seen = 0
            for number in range(1, turns + 1):
                await core.speak(number)
                bills = _bills(voice)
                found.append(sum(usd(usage) for usage in bills[seen:]))
                seen = len(bills)
    return found


def _bills(voice: VoiceServer) -> list[dict[str, Any]]:
    return [more["usage"] for _, what, more in voice.log if what == "response_over"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    pruned = run_hurried(cost_by_turn(options.turns))
    with mock.patch.object(PruningPolicy, "is_due", return_value=False):
        whole = run_hurried(cost_by_turn(options.turns))
    (options.out / "voice_cost.json").write_text(json.dumps({"pruned": pruned, "whole": whole}))
    curves = [
        Curve("all sound is kept", "#c2410c", [100 * value for value in whole]),
        Curve("Sayso", "#1d6fd8", [100 * value for value in pruned]),
    ]
    svg = picture(
        f"Cost of each turn of a realtime conversation, US cents ({MODEL})", "turn", curves
    )
    (options.out / "voice_cost.svg").write_text(svg)
    for name, values in (("Sayso", pruned), ("all sound kept", whole)):
        shown = [
            f"turn {n}: {100 * values[n - 1]:.2f} ct" for n in (1, 10, 100) if n <= len(values)
        ]
        print(f"{name}: {', '.join(shown)}, all: ${sum(values):.2f}")


if __name__ == "__main__":
    main()

from __future__ import annotations

import itertools

import pytest

from app.tools.base import Risk, Tool, ToolResult
from app.tools.policy import Decision, Verdict, decide, spoken_answer


async def nothing():
    return ToolResult("")


def made(risk, asks=False):
    return Tool("t", "", {}, risk, nothing, asks=asks)


RUN = Decision(Verdict.RUN)
BY_VOICE = Decision(Verdict.ASK, by_voice=True)
BY_HAND = Decision(Verdict.ASK, by_voice=False)


@pytest.mark.parametrize(
    ("risk", "asks", "tainted", "decision"),
    [
        (Risk.READ, False, False, RUN),
        (Risk.READ, False, True, RUN),
        (Risk.READ, True, False, BY_VOICE),
        (Risk.REVERSIBLE, False, False, RUN),
        (Risk.REVERSIBLE, False, True, BY_VOICE),
        (Risk.REVERSIBLE, True, False, BY_VOICE),
        (Risk.REVERSIBLE, True, True, BY_VOICE),
        *(
            (risk, asks, tainted, BY_HAND)
            for risk, asks, tainted in itertools.product(
                (Risk.IRREVERSIBLE, Risk.SENDS_OUT), (False, True), (False, True)
            )
        ),
    ],
)
def test_rules(risk, asks, tainted, decision):
    assert decide(made(risk, asks), tainted=tainted) == decision


def test_a_risk_without_a_rule_is_refused():
    assert decide(made("harmless, trust me"), tainted=False).verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    "text",
    [
        "yes", "Yes, please.", "yeah", "OK", "okay go ahead", "sure, go ahead", "Do it!",
        "yes yes yes", "please do", "well yes", "of course", "um yes", "Yes, open it please.",
    ],
)  # fmt: skip
def test_a_yes(text):
    assert spoken_answer(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "no", "No, thank you.", "don't", "don’t do it", "dont", "do not", "cancel", "never mind",
        "Nope!", "stop", "of course not", "please don't", "no no", "no way", "not now",
    ],
)  # fmt: skip
def test_a_no(text):
    assert spoken_answer(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "", "...", "yes no", "no yes", "yes but not now", "okay no", "no go ahead", "maybe",
        "please", "thank you", "not", "yes and then delete everything", "do I know this",
        "yes yes yes yes yes yes yes", "what would happen", "I said no such thing", "no sure",
        "yesterday", "nobody",
    ],
)  # fmt: skip
def test_anything_else_is_unclear(text):
    assert spoken_answer(text) is None

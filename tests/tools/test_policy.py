from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from app.permission.mode import Mode
from app.permission.standing import Standing
from app.tools.base import Origin, Risk, Sent, Tool, ToolResult
from app.tools.policy import Verdict, Why, decide, leaks, spoken_answer


async def nothing():
    return ToolResult("")


def made(risk, asks=False, **more):
    return Tool("t", "", {}, risk, nothing, asks=asks, **more)


RUN = (Verdict.RUN, False)
BY_VOICE = (Verdict.ASK, True)
BY_HAND = (Verdict.ASK, False)


def decided(*arguments, **more):
    decision = decide(*arguments, **more)
    return decision.verdict, decision.by_voice


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
    assert decided(made(risk, asks), tainted=tainted) == decision


def test_a_risk_without_a_rule_is_refused():
    assert decide(made("harmless, trust me"), tainted=False).verdict is Verdict.REFUSE


EVERY = list(itertools.product(Risk, (False, True), (False, True)))


@pytest.mark.parametrize(("risk", "asks", "tainted"), EVERY)
def test_what_the_user_chose(risk, asks, tainted):
    tool = made(risk, asks)
    assert decide(tool, tainted=tainted, mode=Mode.OFF, granted=True).verdict is Verdict.REFUSE
    asked = decide(tool, tainted=tainted, mode=Mode.ASK, granted=True)
    assert (asked.verdict, asked.why) == (Verdict.ASK, Why.CHOSEN)
    spares = asks and not tainted and risk in (Risk.READ, Risk.REVERSIBLE)
    needed = decide(tool, tainted=tainted)
    freed = decide(tool, tainted=tainted, mode=Mode.ALLOW)
    assert freed == (decide(made(risk), tainted=tainted) if spares else needed)


@pytest.mark.parametrize(("risk", "asks", "tainted"), EVERY)
def test_a_grant_answers_the_question(risk, asks, tainted):
    decision = decide(made(risk, asks), tainted=tainted, granted=True)
    assert (decision.verdict, decision.why) == (Verdict.RUN, Why.GRANTED)


def test_reading_that_would_tell_something_asks_for_a_hand():
    decision = decide(made(Risk.READ), tainted=False, leaks=True)
    assert (decision.verdict, decision.why, decision.by_voice) == (Verdict.ASK, Why.LEAK, False)
    assert decide(made("harmless"), tainted=False, leaks=True).verdict is Verdict.REFUSE


SECRET = "the vault opens with swordfish"
PRIVATE = Standing(private=(SECRET,))
SEEN = Standing(
    origins=frozenset({Origin.WEB}),
    said=("read example.org/tea and “https://a.example/b”.",),
    addresses=frozenset({"https://found.example/1?x=2"}),
)
PAGE = made(Risk.READ, origin=Origin.WEB, sends=lambda a: Sent("", address=a["url"]))
OPEN = made(Risk.REVERSIBLE, sends=lambda a: Sent("", address=a["url"]))
SEARCH = made(Risk.READ, origin=Origin.WEB, sends=lambda a: Sent(a["query"]))
SERVER = made(Risk.READ, origin=Origin.SERVER)
FILE = made(Risk.READ, origin=Origin.FILE)


@pytest.mark.parametrize(
    ("tool", "arguments", "standing", "leaking"),
    [
        (PAGE, {"url": "https://evil.example/"}, Standing(), False),
        (PAGE, {"url": "https://evil.example/?q=the+vault+opens+with"}, PRIVATE, True),
        (PAGE, {"url": "https://evil.example/"}, SEEN, True),
        (PAGE, {"url": "https://example.org/tea"}, SEEN, False),
        (PAGE, {"url": "https://example.org/tea?x"}, SEEN, True),
        (PAGE, {"url": "https://a.example/b"}, SEEN, False),
        (PAGE, {"url": "https://found.example/1?x=2"}, SEEN, False),
        (PAGE, {"url": "https://found.example/1?x=3"}, SEEN, True),
        (SEARCH, {"query": "tea houses in Vienna"}, SEEN, False),
        (SEARCH, {"query": "vault opens with swordfish"}, PRIVATE, True),
        (SERVER, {"text": "anything"}, SEEN, False),
        (SERVER, {"text": SECRET}, PRIVATE, True),
        (FILE, {"text": SECRET}, PRIVATE, False),
        (made(Risk.READ, origin=Origin.WEB), {"q": "x"}, SEEN, True),
        (made(Risk.READ, origin=Origin.WEB), {"q": "x"}, Standing(), False),
        (made(Risk.SENDS_OUT), {"q": SECRET}, PRIVATE, False),
        (OPEN, {"url": "evil.example"}, Standing(), False),
        (OPEN, {"url": "evil.example"}, SEEN, True),
        (OPEN, {"url": "example.org/tea"}, SEEN, False),
        (made(Risk.REVERSIBLE, origin=Origin.SERVER), {"q": SECRET}, PRIVATE, False),
    ],
)
def test_what_must_not_leave_unseen(tool, arguments, standing, leaking):
    assert leaks(tool, arguments, standing) is leaking


TALK = Standing(
    said=(
        "my code for the bank is 4711 0815",
        "find tea houses in Vienna",
        "which serve cake there",
    ),
    sent=('{"query": "tea houses in Vienna"}',),
)
HEARD = replace(TALK, origins=frozenset({Origin.WEB}))
STEERED = replace(HEARD, is_steered=True)


@pytest.mark.parametrize(
    ("tool", "query", "standing", "leaking"),
    [
        (SEARCH, "the bank is 4711 0815", TALK, False),
        (SEARCH, "the bank is 4711 0815", HEARD, True),
        (SEARCH, "Y29kZSBmb3IgdGhlIGJhbmsgaXMgNDcxMQ==", HEARD, True),
        (SEARCH, "which serve cake there", HEARD, False),
        (SEARCH, "tea houses in Vienna which serve cake", HEARD, False),
        (SEARCH, "the bank is 4711 0815", replace(HEARD, said=HEARD.said[:1]), False),
        (made(Risk.READ, origin=Origin.SERVER), "the bank is 4711 0815", HEARD, False),
        (SEARCH, "which serve cake there", STEERED, True),
        (SEARCH, "tea houses in Vienna with cake", STEERED, False),
        (SEARCH, "which serve cake there", replace(STEERED, sent=HEARD.said[-1:]), False),
    ],
)
def test_a_search_in_a_tainted_conversation_carries_only_what_was_said_last_or_is_out(
    tool, query, standing, leaking
):
    assert leaks(tool, {"query": query}, standing) is leaking


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

from __future__ import annotations

from app.conversation.pruning import PruningPolicy, Weight

TURN = 4 * 10 + 8 * 20
"""Four seconds of a user, eight of an answer, as they are billed."""


def test_a_short_conversation_is_left_alone() -> None:
    assert not PruningPolicy().is_due(Weight(audio=10 * TURN))


def test_what_a_session_holds_is_bounded_however_long_one_talks() -> None:
    policy, held, most, sessions = PruningPolicy(), 0, 0, 1
    for _ in range(1_000):
        held += TURN
        most = max(most, held)
        if policy.is_due(Weight(held)):
            held, sessions = 0, sessions + 1
    assert most <= policy.most_audio + TURN
    assert 1_000 / sessions > 10


def test_pictures_count_too() -> None:
    assert not PruningPolicy().is_due(Weight(image=8_000))
    assert PruningPolicy().is_due(Weight(image=8_001))

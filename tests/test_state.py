from __future__ import annotations

import dataclasses

from hypothesis import given, strategies as st

from app.state import Facts, Phase, phase_of, state_of

STARTED = Facts(started=True)
facts = st.builds(
    Facts,
    **{
        field.name: st.text(max_size=5) if field.name == "doing" else st.booleans()
        for field in dataclasses.fields(Facts)
    },
)


def test_nothing_happens_before_the_start_and_after_the_end() -> None:
    assert phase_of(Facts(hearing=True)) is Phase.STARTING
    assert phase_of(Facts(started=True, closing=True, hearing=True)) is Phase.CLOSING


def test_listening_needs_an_open_microphone_that_is_wanted_and_not_muted() -> None:
    listening = dataclasses.replace(STARTED, hands_free=True, microphone_open=True)
    assert phase_of(listening) is Phase.LISTENING
    for other in (
        dataclasses.replace(listening, hands_free=False),
        dataclasses.replace(listening, microphone_open=False),
        dataclasses.replace(listening, muted=True),
    ):
        assert phase_of(other) is Phase.IDLE


def test_a_person_who_speaks_comes_before_everything_else() -> None:
    busy = dataclasses.replace(
        STARTED, hearing=True, transcribing=True, replying=True, playing=True, asking=True
    )
    assert phase_of(busy) is Phase.HEARING


@given(facts)
def test_what_a_reply_does_is_told_only_while_it_does_it(some: Facts) -> None:
    state = state_of(some)
    if state.phase not in (Phase.THINKING, Phase.ASKING):
        assert state.detail == ""
    assert (state.hands_free, state.muted) == (some.hands_free, some.muted)

"""What is softened, and what is put back."""

from __future__ import annotations

import pytest

from app.desktop.softening import NORM, Softening, Stream, put_back, softened

MUSIC = Stream(4, "by-name:player", (NORM, NORM // 2))
SOFT = (NORM * 30 // 100, NORM // 2 * 30 // 100)
SERVER = 77


def test_every_channel_is_softened_and_put_back_exactly() -> None:
    done = softened([MUSIC, Stream(5, "", (0, 0))], SERVER)
    assert [each.after for each in done.streams] == [SOFT]
    now = [Stream(4, "by-name:player", SOFT)]
    assert list(put_back(done, SERVER, now)) == [(4, MUSIC.volumes)]


def test_what_the_program_changed_itself_is_left_alone() -> None:
    done = softened([MUSIC], SERVER)
    now = [Stream(4, "by-name:player", (SOFT[0] + 1, SOFT[1]))]
    assert list(put_back(done, SERVER, now)) == []


def test_a_number_of_another_run_of_the_server_is_another_stream() -> None:
    done = softened([Stream(4, "", MUSIC.volumes)], SERVER)
    now = [Stream(4, "", SOFT)]
    assert list(put_back(done, SERVER + 1, now)) == []
    assert list(put_back(done, SERVER, now)) == [(4, MUSIC.volumes)]


def test_a_later_stream_that_began_softly_is_put_back_too() -> None:
    done = softened([MUSIC], SERVER)
    now = [Stream(9, "by-name:player", SOFT), Stream(10, "by-name:other", SOFT)]
    assert list(put_back(done, SERVER, now)) == [(9, MUSIC.volumes)]


def test_it_survives_on_disk() -> None:
    done = softened([MUSIC], SERVER)
    assert Softening.from_json(done.to_json()) == done


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"server": 1, "streams": [{}]}', "null"])
def test_a_broken_file_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Softening.from_json(text)

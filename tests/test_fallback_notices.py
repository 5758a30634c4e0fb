from __future__ import annotations

from app import events
from app.errors import AppError, Code
from app.fallback_notices import FallbackNotices
from app.net.waits import Waits
from app.notices import NoticeBoard
from app.services import Service

DOWN = AppError(Code.SERVER_UNREACHABLE, "api.openai.com")


class Board:
    """What is shown and said."""

    def __init__(self) -> None:
        self.told: list[events.Event] = []
        self.said: list[str] = []
        self.worked: list[str] = []
        self.board = NoticeBoard(self.told.append)
        self.notices = FallbackNotices(
            self.board, self.said.append, lambda server, error: None, self.worked.append
        )

    @property
    def shown(self) -> list[str]:
        gone = {event.notice_id for event in self.told if isinstance(event, events.NoticeGone)}
        up = [event for event in self.told if isinstance(event, events.Notice)]
        return [notice.message for notice in up if notice.id not in gone]


def test_several_services_share_one_banner_and_one_word() -> None:
    board = Board()
    told = board.notices
    told.on_fallback(Service.TRANSCRIPTION, "OpenAI", "The built-in recognizer", DOWN)
    told.on_fallback(Service.CHAT, "gpt-4o", "The built-in assistant", DOWN)
    told.on_fallback(Service.SPEECH, "OpenAI", "The built-in voice", DOWN)
    assert board.shown == [
        "OpenAI cannot be reached. The built-in recognizer listens, the built-in assistant"
        " answers, the built-in voice speaks for now."
    ]
    assert board.said == ["OpenAI cannot be reached. The built-in recognizer listens for now."]
    told.on_return(Service.TRANSCRIPTION, "OpenAI")
    told.on_return(Service.SPEECH, "OpenAI")
    assert board.shown == ["OpenAI cannot be reached. The built-in assistant answers for now."]
    told.on_return(Service.CHAT, "gpt-4o")
    assert board.shown == ["gpt-4o answers again."]
    assert board.said[1:] == ["gpt-4o answers again."]


def test_success_ends_what_was_said_of_the_network() -> None:
    board = Board()
    board.board.post(AppError(Code.OFFLINE))
    board.board.post(DOWN)
    board.board.post(AppError(Code.NO_SPEAKER))
    board.notices.on_success("host")
    assert len(board.shown) == 1
    assert board.worked == ["host"]


def test_a_wait_is_told_from_its_begin_to_its_end() -> None:
    told: list[events.Event] = []
    over = Waits(told.append).begin(Service.CHAT, 4.0, AppError(Code.SERVER_BUSY, "host"))
    assert len(told) == 1
    over()
    begun, ended = told
    assert isinstance(begun, events.RetryWaiting)
    assert (begun.service, begun.reason, begun.seconds) == (Service.CHAT, "host is busy.", 4.0)
    assert ended == events.RetryOver(begun.wait_id)

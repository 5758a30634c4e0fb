"""`sayso ask "…"`: one question, with a picture if wanted; the answer is printed."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app import commands, events, summons
from app.asking import Answer, Question
from app.cli.asked import asked_in_words
from app.errors import EXIT_OK, AppError, Code, exit_code
from app.explanations import EXPLANATIONS
from app.paths import Paths
from app.shots import commands as shot_commands, events as shot_events
from app.shots.shot import Attachment, SecretFound, ShotKind
from app.state import Phase
from app.thread import Post
from app.wiring import asking_core

_CONNECT_S = 1.0
_KINDS = {
    "region": ShotKind.REGION,
    "window": ShotKind.WINDOW,
    "screen": ShotKind.POINTER_MONITOR,
    "all": ShotKind.ALL,
    "clipboard": ShotKind.CLIPBOARD,
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for. `picture` is a kind or a file's path."""

    text: str
    picture: str | None = None
    delay_s: float = 0.0
    aloud: bool = False
    yes: bool = False
    as_json: bool = False


def ask(wishes: Wishes) -> int:
    """Ask the running Sayso, or one for this question alone. Raises AppError."""
    if not wishes.text.strip():
        raise AppError(Code.USAGE, "There is no question.")
    question = _question(wishes)
    forwarded = None if wishes.aloud or wishes.delay_s else _forward(question, wishes)
    if forwarded is not None:
        return forwarded
    if question.kind is ShotKind.REGION:
        raise AppError(Code.USAGE, "A region is dragged in the window: start Sayso first.")
    paths = Paths.from_environment()
    paths.create()
    turn = _Turn(question, wishes)
    asyncio.run(turn.run(paths))
    return _told(turn, wishes)


def _question(wishes: Wishes) -> Question:
    if wishes.picture is None:
        return Question(wishes.text.strip())
    kind = _KINDS.get(wishes.picture)
    if kind is not None:
        return Question(wishes.text.strip(), kind)
    path = Path(wishes.picture).expanduser().absolute()
    if not path.is_file():
        known = ", ".join(_KINDS)
        raise AppError(Code.USAGE, f"There is no file {path}. Or name one of: {known}.")
    return Question(wishes.text.strip(), ShotKind.FILE, str(path))


# The running Sayso


def _forward(question: Question, wishes: Wishes) -> int | None:
    """The exit code; None where no Sayso is running."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(_CONNECT_S)
        try:
            link.connect(summons.socket_path(summons.runtime_dir()))
            link.sendall(f"{question.line()}\n".encode())
        except OSError:
            return None
        if question.kind is not None and not wishes.as_json:
            print("Look at the picture in Sayso's window.", file=sys.stderr)
        link.settimeout(None)
        with link.makefile("r", encoding="utf-8", errors="replace") as answers:
            return _read(answers, wishes)


def _read(answers: object, wishes: Wishes) -> int:
    whole = ""
    for line in answers:  # type: ignore[attr-defined]
        try:
            told = json.loads(line)
        except ValueError:
            break
        if "text" in told:
            whole += told["text"]
            _show(told["text"], wishes)
        elif "error" in told:
            _finish(whole, "", told, wishes)
            return exit_code(EXPLANATIONS[Code(told["code"])].category)
        else:
            _finish(whole, told["by"], None, wishes)
            return EXIT_OK
    raise AppError(Code.ALREADY_BUSY)


# A core of its own


class _Turn:
    """Drives a core through one question."""

    def __init__(self, question: Question, wishes: Wishes) -> None:
        self.answer = Answer(question.text)
        self.error: AppError | events.Notice | None = None
        self._question = question
        self._wishes = wishes
        self._post: Post = lambda _: None
        self._has_begun = False
        self._is_sent = False

    async def run(self, paths: Paths) -> None:
        """Until the answer is there and said."""
        await asking_core(paths, aloud=self._wishes.aloud)(self._on_event, self._on_ready)

    def _on_ready(self, post: Post) -> None:
        self._post = post

    def _on_event(self, event: events.Event) -> None:
        _show(self.answer.on_event(event), self._wishes)
        match event:
            case events.StateChanged(state):
                self._on_phase(state.phase)
            case shot_events.ShotPrepared(attachment, secrets, unread, _):
                self._on_picture(attachment, secrets, unread)
            case shot_events.AttachmentsChanged(attachments) if attachments and not self._is_sent:
                self._is_sent = True
                self._post(commands.SendText(self._question.text))
            case events.ApprovalRequested(request_id):
                yes = _confirmed(asked_in_words(event), self._wishes)
                self._post(commands.Answer(request_id, yes))
            case events.Notice() if self._question.kind is not None and not self._is_sent:
                self._stop(event)

    def _on_phase(self, phase: Phase) -> None:
        if phase in (Phase.STARTING, Phase.CLOSING):
            return
        if not self._has_begun:
            self._has_begun = True
            self._begin()
        elif self.answer.is_over and phase in (Phase.IDLE, Phase.LISTENING):
            self._post(commands.Shutdown())

    def _begin(self) -> None:
        if self._question.kind is None:
            self._is_sent = True
            self._post(commands.SendText(self._question.text))
            return
        question = self._question
        assert question.kind is not None
        self._post(
            shot_commands.TakeShot(question.kind, name=question.name, delay_s=self._wishes.delay_s)
        )

    def _on_picture(
        self, attachment: Attachment, secrets: tuple[SecretFound, ...], unread: tuple[str, ...]
    ) -> None:
        if self._is_sent:
            return
        print(_described(attachment, secrets, unread), file=sys.stderr)
        if _confirmed("Send it?", self._wishes):
            self._post(shot_commands.AttachShot(attachment.shot_id, secrets_seen=True))
        else:
            self._stop(AppError(Code.PICTURE_REFUSED))

    def _stop(self, error: AppError | events.Notice) -> None:
        self.error = self.error or error
        self._post(commands.Shutdown())


def _described(
    attachment: Attachment, secrets: tuple[SecretFound, ...], unread: tuple[str, ...]
) -> str:
    size = f"{attachment.width} × {attachment.height}, {len(attachment.data) / 1000:,.0f} kB"
    tokens = f", about {attachment.tokens:,} tokens" if attachment.tokens is not None else ""
    cost = f" (${attachment.cost:.4f})" if attachment.cost is not None else ""
    lines = [f"Picture of {attachment.source}: {size}{tokens}{cost}."]
    if secrets:
        kinds = ", ".join(dict.fromkeys(secret.kind.value for secret in secrets))
        lines.append(f"It shows what looks like a secret: {kinds}.")
    if unread:
        lines.append(f"Not looked through for secrets: {', '.join(unread)}.")
    return "\n".join(lines)


def _confirmed(question: str, wishes: Wishes) -> bool:
    if wishes.yes:
        return True
    if not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


# Printing


def _show(text: str, wishes: Wishes) -> None:
    if text and not wishes.as_json:
        print(text, end="", flush=True)


def _told(turn: _Turn, wishes: Wishes) -> int:
    answer = turn.answer
    error = turn.error or answer.trouble
    if error is None and not answer.text.strip():
        error = AppError(Code.NOT_ANSWERED)
    told = {"error": error.message, "hint": error.hint, "code": error.code} if error else None
    _finish(answer.text, answer.by, told, wishes)
    if error is None:
        return EXIT_OK
    return exit_code(EXPLANATIONS[error.code].category)


def _finish(text: str, by: str, error: Mapping[str, object] | None, wishes: Wishes) -> None:
    if wishes.as_json:
        print(json.dumps({"answered": text, "by": by, "error": error}, ensure_ascii=False))
        return
    if text:
        print()
    if error is not None:
        print(f"sayso: {error['error']}\n{error['hint']}".rstrip(), file=sys.stderr)

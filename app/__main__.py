"""Entry point: the window where there is a display, else the same conversation in the terminal."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__, collector
from app.errors import EXIT_INTERRUPTED, AppError, Code
from app.postponed import postpone

if TYPE_CHECKING:
    from app.thread import CoreThread

_EXITS = """\
exit codes: 0 done · 1 failure · 2 usage · 3 key · 4 network or server · 5 sound · 6 denied
            130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except AppError as error:
        return tell(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception:  # the process's border: nobody is shown a traceback
        logging.getLogger(__name__).critical("Sayso ended", exc_info=True)
        return tell(AppError(Code.INTERNAL))


def tell(error: AppError) -> int:
    """Print what went wrong; the exit code."""
    print(f"sayso: {error.message}", file=sys.stderr)  # noqa: T201 - the terminal's own voice
    if error.explanation.hint:
        print(error.explanation.hint, file=sys.stderr)  # noqa: T201
    return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sayso",
        description="A desktop voice assistant. Without a command it opens the window.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sayso {__version__}")
    parser.add_argument("--verbose", action="store_true", help="write a more detailed log")
    parser.set_defaults(run=_window)
    commands = parser.add_subparsers(title="commands", metavar="")
    _add_talk(commands)
    _add_ask(commands)
    _add_dictate(commands)
    _add_transcribe(commands)

    devices = commands.add_parser("devices", help="list microphones and speakers")
    devices.add_argument("--json", action="store_true", help="for programs")
    devices.set_defaults(run=_devices)

    config = commands.add_parser("config", help="show or change a setting, or test the services")
    config.add_argument("name", nargs="?", help="for instance chat.source; or: test")
    config.add_argument(
        "value",
        nargs="?",
        help="the new value; without it the setting is shown. After test: chat, transcription, "
        "speech",
    )
    config.set_defaults(run=_config)

    usage = commands.add_parser("usage", help="what servers were asked for, and what it costs")
    usage.add_argument("--json", action="store_true", help="for programs")
    usage.set_defaults(run=_usage)

    key = commands.add_parser("key", help="keep or forget the server's key")
    key.add_argument("action", choices=("set", "forget", "where"))
    key.add_argument("host", nargs="?", default="", help="another server than the common one")
    key.set_defaults(run=_key)

    pages = commands.add_parser("help", help="read the manual")
    pages.add_argument("topic", nargs="?", help="a page; without it they are listed")
    pages.set_defaults(run=_help)
    return parser


def _add_talk(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    talk = commands.add_parser(
        "talk",
        help="a conversation in the terminal, or one turn from and to files",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    talk.add_argument("--input", type=Path, metavar="WAV", help="a spoken question")
    talk.add_argument("--output", type=Path, metavar="WAV", help="where the spoken reply goes")
    talk.add_argument("--json", action="store_true", help="for programs")
    talk.set_defaults(run=_talk)


def _add_ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = commands.add_parser(
        "ask",
        help="one question, with a picture of the screen if wanted",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ask.add_argument("question", nargs="+")
    ask.add_argument(
        "--screenshot",
        metavar="WHAT",
        help="region, window (under the pointer), screen, all, clipboard, or a picture's file",
    )
    ask.add_argument("--delay", type=float, default=0.0, metavar="S", help="seconds to wait first")
    ask.add_argument("--speak", action="store_true", help="speak the answer too")
    ask.add_argument("--yes", action="store_true", help="send the picture without asking")
    ask.add_argument("--json", action="store_true", help="for programs")
    ask.set_defaults(run=_ask)


def _add_transcribe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    transcribe = commands.add_parser(
        "transcribe",
        help="recordings of any length become text or subtitles",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    transcribe.add_argument("files", nargs="+", type=Path, metavar="FILE")
    transcribe.add_argument(
        "-o", "--output", metavar="PATH", help="a file, or a folder for several texts"
    )
    transcribe.add_argument("--format", choices=("txt", "srt", "vtt", "json"))
    transcribe.add_argument("--json", action="store_true", help="for programs")
    transcribe.add_argument("--language", metavar="CODE", help="what is spoken, for instance de")
    transcribe.add_argument("--model", metavar="NAME", help="a model of the server")
    transcribe.add_argument("--translate", action="store_true", help="into English")
    transcribe.set_defaults(run=_transcribe)


def _add_dictate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    dictate = commands.add_parser(
        "dictate",
        help="tell the running Sayso to dictate, for a key of the desktop's own",
    )
    requests = dictate.add_mutually_exclusive_group(required=True)
    for request, does in (
        ("toggle", "begin, or finish and insert the text"),
        ("start", "begin, unless it has begun"),
        ("stop", "finish and insert the text"),
        ("cancel", "insert nothing"),
    ):
        requests.add_argument(
            f"--{request}", dest="request", action="store_const", const=request, help=does
        )
    dictate.set_defaults(run=_dictate)


def _window(options: argparse.Namespace) -> int:
    collector.pause()  # until the window has settled
    # Many small classes, which take as long to make as the window.
    postpone(
        "app.commands",
        "app.conversation.message",
        "app.events",
        "app.realtime.commands",
        "app.realtime.events",
    )
    from app.cli import start

    if not start.has_display():
        collector.resume()
        return start.terminal_instead(verbose=options.verbose)
    return start.in_window(_run_window, verbose=options.verbose)


def _run_window(core: CoreThread, *, argv: Sequence[str]) -> int:
    from ui.main import run

    return run(core, argv=argv)


def _talk(options: argparse.Namespace) -> int:
    from app.cli import files, start

    if options.input is None and options.output is None:
        return start.in_terminal(verbose=options.verbose)
    return files.one_turn(options.input, options.output, as_json=options.json)


def _ask(options: argparse.Namespace) -> int:
    from app.cli import ask

    wishes = ask.Wishes(
        " ".join(options.question),
        options.screenshot,
        options.delay,
        options.speak,
        options.yes,
        options.json,
    )
    return ask.ask(wishes, _look_at)


def _look_at(core: CoreThread) -> None:
    from ui.looking import run

    run(core)


def _transcribe(options: argparse.Namespace) -> int:
    from app.cli import transcribe

    wishes = transcribe.Wishes(
        options.files,
        options.output,
        options.format,
        options.json,
        options.language,
        options.model,
        options.translate,
    )
    return transcribe.run(wishes, verbose=options.verbose)


def _dictate(options: argparse.Namespace) -> int:
    from app.cli import dictate

    return dictate.forward(options.request)


def _devices(options: argparse.Namespace) -> int:
    from app.cli import devices

    return devices.show(as_json=options.json)


def _config(options: argparse.Namespace) -> int:
    from app.cli import config

    return config.show_or_change(options.name, options.value)


def _usage(options: argparse.Namespace) -> int:
    from app.cli import usage

    return usage.show(as_json=options.json)


def _key(options: argparse.Namespace) -> int:
    from app.cli import key

    return key.run(options.action, options.host)


def _help(options: argparse.Namespace) -> int:
    from app.cli import manual

    return manual.show(options.topic)


if __name__ == "__main__":
    sys.exit(main())

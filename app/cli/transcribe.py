"""`sayso transcribe FILE…`: recordings become text, subtitles or JSON."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import events, logs
from app.cli.progress_bar import ProgressBar
from app.errors import EXIT_INTERRUPTED, EXIT_OK, AppError, Category, Code
from app.files.cuts import Limits
from app.files.formats import Format, rendered
from app.files.output import Job, chosen_format, planned, write
from app.files.progress import ProgressFile, fingerprint, sweep
from app.files.transcript import FileTranscript, clock, gap_mark
from app.files.transcription import FileTranscription, Progress, Way
from app.net.waits import Waits
from app.paths import Paths
from app.provider_wiring import provider_registry
from app.providers.base import Expect, Hints, Transcriber
from app.providers.catalogue import facts
from app.providers.registry import Registry
from app.secrets import KeyVault
from app.services import Service
from app.settings import Fallback, Settings, Source, changed
from app.settings_store import SettingsStore
from app.usage.ledger import Ledger

AT_ONCE = 3
BUILT_IN_AT_ONCE = 2
_LIMITS = Limits(longest_ms=120_000, searched_ms=40_000)
_TIMED_LIMITS = Limits(longest_ms=30_000, searched_ms=20_000)
"""Where times are wanted, which are those of the cuts."""
_BUILT_IN_LIMITS = Limits(longest_ms=20_000, searched_ms=12_000)
_WAY_OF_CUTTING = 1
"""Counted up when parts would be others than before."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for; None leaves it to the settings."""

    sources: Sequence[Path]
    output: str | None = None
    form: str | None = None
    as_json: bool = False
    language: str | None = None
    model: str | None = None
    translate: bool = False


@dataclass(slots=True)
class _Run:
    """What Ctrl+C has to tell of: the file that is worked on."""

    bar: ProgressBar | None = None
    progress: Progress | None = None
    worst: int = EXIT_OK
    left: list[Path] = field(default_factory=list)


def run(wishes: Wishes, *, verbose: bool) -> int:
    """Transcribe every file; the exit code of the first trouble. Raises AppError."""
    output = None if wishes.output is None else Path(wishes.output)
    form = chosen_format(wishes.form, output, as_json=wishes.as_json)
    jobs = planned(wishes.sources, wishes.output, form)
    paths = Paths.from_environment()
    paths.create()
    logs.set_up(paths.logs, verbose=verbose)
    settings = wished(SettingsStore(paths.settings_file).load().settings, wishes)
    sweep(_kept(paths))
    state = _Run()
    try:
        return asyncio.run(_all(jobs, form, settings, _kept(paths), state))
    except KeyboardInterrupt:
        _tell_interrupted(state)
        return EXIT_INTERRUPTED


def wished(settings: Settings, wishes: Wishes) -> Settings:
    """The settings, with what the command line says in their place. Raises AppError."""
    values: dict[str, object] = {}
    if wishes.language is not None:
        values["transcription.language"] = wishes.language
    if wishes.model is not None:
        values |= {"transcription.model": wishes.model, "transcription.source": Source.SERVER}
    if wishes.translate:
        values["transcription.translate"] = True
    try:
        return changed(settings, values)
    except ValueError as error:
        raise AppError(
            Code.USAGE, f"{wishes.language} is not a two-letter code such as en or de."
        ) from error


async def _all(
    jobs: Sequence[Job], form: Format, settings: Settings, kept: Path, state: _Run
) -> int:
    registries: list[Registry] = []
    ledger = Ledger(Paths.from_environment().usage_file, lambda event: None)
    try:
        settings, transcribers = await _transcribers(settings, registries, ledger, state)
        way = _way(settings, form, transcribers, _model(registries[0], settings))
        identity = _identity(settings, way, _model(registries[0], settings))
        for job in jobs:
            try:
                code = await _one(job, form, way, identity, kept, state)
            except AppError as error:
                if error.explanation.category is not Category.USAGE or len(jobs) == 1:
                    raise
                _say(error)
                code = error.exit_code
            state.worst = state.worst or code
    finally:
        _clear(state)
        for registry in registries:
            await registry.aclose()
        await ledger.aclose()
    return state.worst


async def _transcribers(
    settings: Settings, registries: list[Registry], ledger: Ledger, state: _Run
) -> tuple[Settings, list[Transcriber]]:
    """Who transcribes: built in where OpenAI has no key, unless nobody shall stand in."""

    def show_wait(event: events.Event) -> None:
        if isinstance(event, events.RetryWaiting) and state.bar is not None:
            state.bar.set_waiting(event.reason, event.seconds)

    vault = KeyVault()
    registries.append(provider_registry(vault, ledger, waits=Waits(show_wait)))
    try:
        first = await registries[0].transcriber(settings)
    except AppError as error:
        if error.code is not Code.KEY_MISSING or settings.general.fallback is Fallback.OFF:
            raise
        print(f"{error.message} The built-in recognizer is used.", file=sys.stderr)
        settings = changed(settings, {"transcription.source": Source.BUILT_IN})
        first = await registries[0].transcriber(settings)
    if settings.transcription.source is Source.SERVER:
        return settings, [first] * AT_ONCE
    workers = min(BUILT_IN_AT_ONCE, os.cpu_count() or 1)
    registries += [provider_registry(vault, ledger) for _ in range(workers - 1)]
    others = [await registry.transcriber(settings) for registry in registries[1:]]
    return settings, [first, *others]


def _way(settings: Settings, form: Format, transcribers: Sequence[Transcriber], model: str) -> Way:
    chosen = settings.transcription
    if chosen.translate and not facts(model).transcription.translation:
        raise AppError(Code.USAGE, f"The {model or 'built-in'} recognizer does not translate.")
    hints = Hints(chosen.language, Expect.FREE_TEXT, chosen.vocabulary, chosen.translate)
    if not model:
        return Way(transcribers, hints, _BUILT_IN_LIMITS)
    return Way(transcribers, hints, _TIMED_LIMITS if form.needs_times else _LIMITS)


def _identity(settings: Settings, way: Way, model: str) -> dict[str, object]:
    """What another result would come from, if it were another."""
    server = settings.address_of(Service.TRANSCRIPTION) if model else ""
    limits = (way.limits.longest_ms, way.limits.searched_ms, way.limits.overlap_ms)
    hints = (way.hints.language, way.hints.vocabulary, way.hints.translate)
    return {
        "server": server, "model": model, "hints": hints, "limits": limits, "cut": _WAY_OF_CUTTING
    }  # fmt: skip


def _model(registry: Registry, settings: Settings) -> str:
    """The model that a server is asked for; empty for what is built in."""
    if settings.transcription.source is Source.BUILT_IN:
        return ""
    return registry.model_in_use(settings, Service.TRANSCRIPTION)


async def _one(
    job: Job, form: Format, way: Way, identity: dict[str, object], kept: Path, state: _Run
) -> int:
    bar = state.bar = ProgressBar(sys.stderr, job.source.name)
    state.progress = None

    def on_progress(progress: Progress) -> None:
        state.progress = progress
        bar.set_done(progress.done_ms, progress.total_ms)

    progress = ProgressFile(kept, await asyncio.to_thread(fingerprint, job.source, identity))
    if job.target is not None and not job.named and job.target.exists() and not progress.is_begun:
        print(f"{job.target} is there already and stays as it is.", file=sys.stderr)
        return EXIT_OK
    transcript = await FileTranscription(job.source, way, progress, on_progress).run()
    bar.clear()
    _hand_over(rendered(transcript, form), job.target)
    if not transcript.gaps:
        progress.remove()
    return _told(transcript)


def _hand_over(text: str, target: Path | None) -> None:
    if target is not None:
        write(target, text)
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = None  # It would be flushed once more at the end.
        raise AppError(Code.OUTPUT_UNWRITABLE, "the output") from error


def _told(transcript: FileTranscript) -> int:
    """Say what is missing; the exit code."""
    if transcript.problem is not None:
        _say(transcript.problem)
    if transcript.gaps:
        if transcript.error is not None:
            _say(transcript.error)
        _say(
            AppError(
                Code.TRANSCRIPT_INCOMPLETE,
                f"{transcript.name} {', '.join(map(gap_mark, transcript.gaps))}",
            )
        )
        return (transcript.error or AppError(Code.TRANSCRIPT_INCOMPLETE)).exit_code
    if not transcript.text:
        silent = AppError(Code.NOTHING_HEARD)
        print(f"sayso: {transcript.name}: {silent.message}", file=sys.stderr)
        return silent.exit_code
    return EXIT_OK


def _say(error: AppError) -> None:
    print(f"sayso: {error.message}\n{error.hint}".rstrip(), file=sys.stderr)


def _clear(state: _Run) -> None:
    if state.bar is not None:
        state.bar.clear()


def _tell_interrupted(state: _Run) -> None:
    done = state.progress
    if done is None or not done.done_ms:
        print("Stopped.", file=sys.stderr)
        return
    whole = "" if done.total_ms is None else f" of {clock(done.total_ms)}"
    print(
        f"Stopped. {clock(done.done_ms)}{whole} are done and kept: "
        "run the same command again to go on.",
        file=sys.stderr,
    )


def _kept(paths: Paths) -> Path:
    return paths.data / "transcriptions"

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable

import pytest

from app.errors import AppError, Code
from app.net.deadlines import Deadlines, for_upload
from app.net.policy import (
    Policies,
    RetryPolicy,
    begun_stream,
    guarded_stream,
    next_wait_s,
    with_retries,
)
from app.services import Service

POLICY = RetryPolicy(retries=2, base_wait_s=0.5, longest_wait_s=0.8, begin_within_s=20)
QUICK = RetryPolicy().scaled(0.001)
PATIENT = Deadlines(5, 5, 5, 5)
RETRIED = [
    Code.OFFLINE,
    Code.SERVER_UNREACHABLE,
    Code.SERVER_SILENT,
    Code.SERVER_CUT_OFF,
    Code.SERVER_ERROR,
    Code.SERVER_BUSY,
    Code.MODEL_LOADING,
]


@pytest.mark.parametrize("code", Code)
def test_only_passing_trouble_is_retried(code: Code) -> None:
    wait_s = next_wait_s(POLICY, AppError(code), failures=1, elapsed_s=0, chance=0)
    assert (wait_s is not None) == (code in RETRIED)


@pytest.mark.parametrize(
    ("failures", "chance", "wait_s"),
    [(1, 0, 0.5), (1, 1, 0.25), (1, 0.5, 0.375), (2, 0, 0.8), (2, 1, 0.4), (3, 0, None)],
)
def test_waits_grow_and_jitter_up_to_the_limit(
    failures: int, chance: float, wait_s: float | None
) -> None:
    error = AppError(Code.SERVER_ERROR)
    assert next_wait_s(POLICY, error, failures, 0, chance) == wait_s


@pytest.mark.parametrize(
    ("asked_s", "elapsed_s", "chance", "wait_s"),
    [
        (0, 0, 0, 0.5),
        (3, 0, 0, 3),
        (3, 0, 1, 3.125),
        (20, 0, 0, 20),
        (20, 1, 0, None),
        (600, 0, 0, None),
        (None, 19.5, 0, 0.5),
        (None, 19.6, 0, None),
    ],
)
def test_what_a_server_asked_for_is_kept_or_given_up(
    asked_s: float | None, elapsed_s: float, chance: float, wait_s: float | None
) -> None:
    error = AppError(Code.SERVER_BUSY, retry_after_s=asked_s)
    assert next_wait_s(POLICY, error, 1, elapsed_s, chance) == wait_s


def test_promised_deadlines_hold() -> None:
    policies = Policies()
    for policy in (policies.chat, policies.transcription, policies.speech):
        assert policy.deadlines.connect_s == 5
        assert policy.deadlines.first_byte_s == 15
        assert policy.deadlines.idle_s == 10
        assert policy.retries == 2


def test_an_upload_has_time_for_a_slow_line() -> None:
    deadlines = for_upload(Deadlines(total_s=60), upload_bytes=320_000, sound_s=10)
    assert deadlines.first_byte_s == 25
    assert deadlines.total_s == 60 + 10 + 40


class _Failing:
    """Fails with these codes in turn, then gives "done"."""

    def __init__(self, *codes: Code) -> None:
        self.codes = list(codes)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.codes:
            raise AppError(self.codes.pop(0))
        return "done"


class _Waits:
    """Notes each wait and its end."""

    def __init__(self) -> None:
        self.told: list[Code | str] = []

    def __call__(self, wait_s: float, error: AppError) -> Callable[[], None]:
        self.told.append(error.code)
        return lambda: self.told.append("over")


@pytest.mark.parametrize(
    ("codes", "calls", "ends"),
    [
        ([], 1, "done"),
        ([Code.SERVER_ERROR], 2, "done"),
        ([Code.SERVER_ERROR, Code.SERVER_BUSY], 3, "done"),
        ([Code.SERVER_ERROR, Code.SERVER_BUSY, Code.SERVER_SILENT], 3, Code.SERVER_SILENT),
        ([Code.SERVER_ERROR, Code.KEY_WRONG], 2, Code.KEY_WRONG),
        ([Code.QUOTA_SPENT], 1, Code.QUOTA_SPENT),
    ],
)
async def test_calls_are_repeated_by_the_policy(
    codes: list[Code], calls: int, ends: str | Code
) -> None:
    call, waits = _Failing(*codes), _Waits()
    policy = RetryPolicy(base_wait_s=0.001, on_wait=waits)
    try:
        result: str | Code = await with_retries(call, policy, peer="host")
    except AppError as error:
        result = error.code
    assert result == ends
    assert call.calls == calls
    assert waits.told == [told for code in codes[: calls - 1] for told in (code, "over")]


async def _forever() -> str:
    await asyncio.Event().wait()
    return "never"


async def test_all_calls_together_are_bounded() -> None:
    with pytest.raises(AppError) as caught:
        await with_retries(_forever, QUICK, peer="host")
    assert (caught.value.code, caught.value.detail) == (Code.SERVER_SILENT, "host")


async def test_a_time_out_of_the_call_itself_is_not_taken_for_ours() -> None:
    async def call() -> str:
        raise TimeoutError("of another kind")

    with pytest.raises(TimeoutError, match="of another kind"):
        await with_retries(call, POLICY, peer="host")


async def test_a_wait_between_calls_can_be_cancelled() -> None:
    waiting, told = asyncio.Event(), _Waits()

    def on_wait(wait_s: float, error: AppError) -> Callable[[], None]:
        waiting.set()
        return told(wait_s, error)

    call = _Failing(Code.SERVER_ERROR)
    policy = RetryPolicy(base_wait_s=60, longest_wait_s=60, begin_within_s=100, on_wait=on_wait)
    task = asyncio.ensure_future(with_retries(call, policy, peer="host"))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert call.calls == 1
    assert told.told == [Code.SERVER_ERROR, "over"]


@pytest.mark.parametrize(("elapsed_s", "goes_on"), [(0, True), (15, True), (19.6, False)])
def test_a_model_that_is_loaded_is_waited_for(elapsed_s: float, goes_on: bool) -> None:
    error = AppError(Code.MODEL_LOADING)
    wait_s = next_wait_s(POLICY, error, 9, elapsed_s, chance=0)
    assert wait_s == (POLICY.longest_wait_s if goes_on else None)


async def test_each_service_tells_of_its_own_waits() -> None:
    told: list[tuple[Service, float]] = []

    def on_wait(service: Service, wait_s: float, error: AppError) -> Callable[[], None]:
        told.append((service, wait_s))
        return lambda: None

    policies = Policies().watched(on_wait)
    assert policies == Policies()
    for policy in (policies.chat, policies.transcription, policies.speech):
        assert policy.on_wait is not None
        policy.on_wait(1.5, AppError(Code.SERVER_BUSY))
    assert told == [(service, 1.5) for service in Service]
    assert policies.warm_up.on_wait is None


class _Source:
    """A stream that notes whether it was closed."""

    def __init__(self, *pieces: str, then: Callable[[], AsyncIterator[str]] | None = None) -> None:
        self.closed = False
        self._pieces = pieces
        self._then = then

    async def stream(self) -> AsyncGenerator[str, None]:
        try:
            for piece in self._pieces:
                yield piece
            if self._then is not None:
                async for piece in self._then():
                    yield piece
        finally:
            self.closed = True


async def _collect(stream: AsyncIterator[str], into: list[str]) -> None:
    async for piece in stream:
        into.append(piece)  # noqa: PERF401 - what came before an error counts


async def _stalls() -> AsyncGenerator[str, None]:
    await asyncio.Event().wait()
    yield "never"


async def _breaks() -> AsyncGenerator[str, None]:
    for piece in ("never",):
        if piece:
            raise AppError(Code.SERVER_CUT_OFF, "host")
        yield piece


async def test_pieces_pass_in_order_and_the_source_is_closed() -> None:
    source = _Source("a", "b", "c")
    stream = guarded_stream(source.stream(), PATIENT, peer="host")
    assert [piece async for piece in stream] == ["a", "b", "c"]
    assert source.closed


@pytest.mark.parametrize(
    ("pieces", "deadlines"),
    [
        ((), Deadlines(first_byte_s=0.01, idle_s=60, total_s=60)),
        (("a",), Deadlines(first_byte_s=60, idle_s=0.01, total_s=60)),
        (("a",), Deadlines(first_byte_s=60, idle_s=60, total_s=0.05)),
    ],
)
async def test_a_stall_is_silence(pieces: tuple[str, ...], deadlines: Deadlines) -> None:
    source = _Source(*pieces, then=_stalls)
    got: list[str] = []
    with pytest.raises(AppError) as caught:
        await _collect(guarded_stream(source.stream(), deadlines, peer="host"), got)
    assert (caught.value.code, caught.value.detail) == (Code.SERVER_SILENT, "host")
    assert tuple(got) == pieces
    assert source.closed


async def test_the_reader_may_take_its_time() -> None:
    deadlines = Deadlines(first_byte_s=60, idle_s=0.01, total_s=60)
    source = _Source("a", "b")
    stream = guarded_stream(source.stream(), deadlines, peer="host")
    assert await anext(stream) == "a"
    await asyncio.sleep(0.03)
    assert await anext(stream) == "b"
    await stream.aclose()


async def test_an_error_of_the_source_passes() -> None:
    source = _Source("a", then=_breaks)
    with pytest.raises(AppError) as caught:
        [_ async for _ in guarded_stream(source.stream(), PATIENT, peer="host")]
    assert caught.value.code is Code.SERVER_CUT_OFF
    assert source.closed


async def test_closing_early_closes_the_source() -> None:
    source = _Source("a", "b")
    async with contextlib.aclosing(guarded_stream(source.stream(), PATIENT, peer="host")) as stream:
        await anext(stream)
    assert source.closed


async def test_cancelling_closes_the_source() -> None:
    source, reached = _Source("a", then=_stalls), asyncio.Event()

    async def read() -> None:
        async for _ in guarded_stream(source.stream(), PATIENT, peer="host"):
            reached.set()

    task = asyncio.ensure_future(read())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed


class _NeverCloses:
    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return "a"

    async def aclose(self) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_source_that_does_not_close_is_dropped(cancelled: bool) -> None:
    stream = guarded_stream(_NeverCloses(), PATIENT, peer="host")
    await anext(stream)
    closing = asyncio.ensure_future(stream.aclose())
    if cancelled:
        await asyncio.sleep(0)
        closing.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait([closing])
    assert closing.cancelled() is cancelled


async def test_a_stream_is_made_anew_until_its_first_piece() -> None:
    sources = [_Source(then=_breaks), _Source(then=_breaks), _Source("a", then=_breaks)]
    waiting = iter(sources)
    policy = RetryPolicy(base_wait_s=0.001)
    got: list[str] = []
    with pytest.raises(AppError) as caught:
        await _collect(begun_stream(lambda: next(waiting).stream(), policy, peer="host"), got)
    assert got == ["a"]
    assert caught.value.code is Code.SERVER_CUT_OFF
    assert all(source.closed for source in sources)


async def test_an_empty_stream_is_no_failure() -> None:
    assert [_ async for _ in begun_stream(_Source().stream, POLICY, peer="host")] == []


async def test_closing_a_begun_stream_closes_its_source() -> None:
    source = _Source("a", "b")
    async with contextlib.aclosing(begun_stream(source.stream, POLICY, peer="host")) as stream:
        assert await anext(stream) == "a"
    assert source.closed

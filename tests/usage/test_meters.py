"""What is noted of a request: as the server told it, or as far as it had come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import pytest

from app.errors import AppError, Code
from app.providers.base import (
    ChatMessage,
    ChatRole,
    Finished,
    FinishReason,
    Hints,
    TextDelta,
    ToolSpec,
    Transcript,
    Usage,
)
from app.providers.scripted import (
    Pause,
    ScriptedChatModel,
    ScriptedSpeech,
    ScriptedTranscriber,
)
from app.services import Service
from app.usage.meters import Meter, MeteredChatModel, MeteredSpeech, MeteredTranscriber
from app.usage.occasion import Speculation, made_for, perhaps
from app.usage.request import Amounts, Purpose, Request
from audio.pcm import Clip

QUESTION = (ChatMessage(ChatRole.USER, "What time is it?" * 10),)
CLIP = Clip(16_000, bytes(2 * 16_000 * 3))


class Notes:
    """A Book on one page."""

    conversation_id = "c1"

    def __init__(self) -> None:
        self.all: list[Request] = []

    def record(self, request: Request) -> None:
        self.all.append(request)

    @property
    def only(self) -> Request:
        (request,) = self.all
        return request


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def meter(notes: Notes) -> Meter:
    return Meter(notes, "api.openai.com", has_prices=True)


class Told(ScriptedChatModel):
    """A chat model that tells what it bills."""

    async def reply(self, messages, tools, form=None):
        yield TextDelta("Noon.")
        yield Finished(FinishReason.STOP, Usage(120, 9, 100))


async def all_of(model: MeteredChatModel, tools: Sequence[ToolSpec] = ()) -> None:
    async with contextlib.aclosing(model.reply(QUESTION, tools)) as chunks:
        async for _ in chunks:
            pass


async def cancelled(task: asyncio.Task[None], begun: asyncio.Event | None = None) -> None:
    if begun is not None:
        await begun.wait()
    else:
        for _ in range(5):
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_what_the_server_tells_is_noted(notes: Notes, meter: Meter) -> None:
    await all_of(MeteredChatModel(Told(label="gpt-4o"), meter))
    request = notes.only
    assert request.amounts == Amounts(120, 9, 100)
    assert (request.provider, request.model) == ("api.openai.com", "gpt-4o")
    assert (request.service, request.purpose) == (Service.CHAT, Purpose.REPLY)
    assert request.conversation_id == "c1"
    assert request.cost is not None
    assert request.cost.usd == pytest.approx(0.000265)
    assert not request.refused


async def test_another_servers_prices_are_not_known(notes: Notes) -> None:
    meter = Meter(notes, "127.0.0.1:11434", has_prices=False)
    await all_of(MeteredChatModel(Told(label="gpt-4o"), meter))
    assert notes.only.cost is None


async def test_what_the_server_keeps_to_itself_is_estimated(notes: Notes, meter: Meter) -> None:
    tool = ToolSpec("clock", "Tells the time.", {"type": "object"})
    await all_of(MeteredChatModel(ScriptedChatModel(["It is ", "noon."]), meter), [tool])
    sent = 160 + len("Tells the time.") + len('{"type": "object"}')
    assert notes.only.amounts == Amounts(-(-sent // 4), 3, is_estimated=True)


async def test_a_reply_that_was_cut_counts_as_far_as_it_came(notes: Notes, meter: Meter) -> None:
    model = MeteredChatModel(ScriptedChatModel(["It is noo", Pause(asyncio.Event())]), meter)
    await cancelled(asyncio.create_task(all_of(model)))
    assert notes.only.amounts == Amounts(40, 3, is_estimated=True)


async def test_a_reply_that_nobody_reads_on_counts_too(notes: Notes, meter: Meter) -> None:
    model = MeteredChatModel(ScriptedChatModel(["It is ", "noon."]), meter)
    reply = model.reply(QUESTION, ())
    await anext(reply)
    await reply.aclose()
    assert notes.only.amounts == Amounts(40, 2, is_estimated=True)


@pytest.mark.parametrize(("came", "billed"), [((), 0), (("It is ",), 1)])
async def test_a_failure_is_billed_only_after_something_came(
    notes: Notes, meter: Meter, came: tuple[str, ...], billed: int
) -> None:
    model = MeteredChatModel(ScriptedChatModel([*came, AppError(Code.SERVER_CUT_OFF)]), meter)
    with pytest.raises(AppError):
        await all_of(model)
    assert len(notes.all) == billed


async def test_a_transcription_is_billed_by_its_length(notes: Notes, meter: Meter) -> None:
    hears = MeteredTranscriber(ScriptedTranscriber("tea", AppError(Code.SERVER_ERROR)), meter)
    await hears.transcribe(CLIP, Hints())
    assert notes.only.amounts == Amounts(audio_s=3.0, is_estimated=True)
    with pytest.raises(AppError):
        await hears.transcribe(CLIP, Hints())
    assert len(notes.all) == 1


async def test_the_servers_own_measure_of_a_transcription_counts(
    notes: Notes, meter: Meter
) -> None:
    class Measured(ScriptedTranscriber):
        async def transcribe(self, *_: object) -> Transcript:
            return Transcript("tea", self.label, usage=Usage(audio_s=4.0))

    await MeteredTranscriber(Measured(), meter).transcribe(CLIP, Hints())
    assert notes.only.amounts == Amounts(audio_s=4.0)


async def test_a_transcription_that_was_given_up_was_sent(notes: Notes, meter: Meter) -> None:
    hears = MeteredTranscriber(ScriptedTranscriber(Pause(asyncio.Event())), meter)

    async def hear() -> None:
        await hears.transcribe(CLIP, Hints())

    await cancelled(asyncio.create_task(hear()))
    assert notes.only.amounts == Amounts(audio_s=3.0, is_estimated=True)


async def test_speech_is_billed_by_text_and_sound(notes: Notes, meter: Meter) -> None:
    async with contextlib.aclosing(
        MeteredSpeech(ScriptedSpeech(), meter).speak("Good day.")
    ) as sound:
        async for _ in sound:
            pass
    assert notes.only.amounts == Amounts(audio_s=0.45, characters=9)
    assert (notes.only.service, notes.only.purpose) == (Service.SPEECH, Purpose.SPEECH)


async def test_speech_that_was_cut_counts_as_far_as_it_came(notes: Notes, meter: Meter) -> None:
    sound = MeteredSpeech(ScriptedSpeech(), meter).speak("Good day.")
    await anext(sound)
    await sound.aclose()
    assert notes.only.amounts == Amounts(audio_s=0.225, characters=9, is_estimated=True)


async def test_a_test_belongs_to_no_conversation(notes: Notes, meter: Meter) -> None:
    with made_for(Purpose.TEST):
        await all_of(MeteredChatModel(Told(), meter))
    assert (notes.only.purpose, notes.only.conversation_id) == (Purpose.TEST, "")
    await all_of(MeteredChatModel(Told(), meter))
    assert notes.all[1].purpose is Purpose.REPLY


async def test_what_proves_unwanted_is_refused_again(notes: Notes, meter: Meter) -> None:
    work = Speculation()
    with perhaps(work):
        note = meter.begin(Service.CHAT)
    work.commit()
    note("gpt-4o", Amounts(input_tokens=9))
    work.revoke()
    assert [request.refused for request in notes.all] == [False, True]
    assert notes.all[0].id == notes.all[1].id


async def test_work_that_is_taken_over_is_wanted_as_far_as_who_took_it(
    notes: Notes, meter: Meter
) -> None:
    work, reply = Speculation(), Speculation()
    with perhaps(work):
        meter.begin(Service.CHAT)("gpt-4o", Amounts(input_tokens=9))
    work.join(reply)
    reply.commit()
    reply.revoke()
    assert [request.refused for request in notes.all] == [True, False, True]


async def test_what_is_begun_early_is_refused_until_it_is_wanted(
    notes: Notes, meter: Meter
) -> None:
    model = MeteredChatModel(Told(), meter)
    wanted, unwanted = Speculation(), Speculation()

    async def begin(speculation: Speculation) -> None:
        speculation.enter()
        async with asyncio.TaskGroup() as voices:
            voices.create_task(all_of(model))

    await asyncio.gather(begin(wanted), begin(unwanted))
    assert [request.refused for request in notes.all] == [True, True]
    ids = [request.id for request in notes.all]
    wanted.commit()
    assert (notes.all[2].id, notes.all[2].refused) == (ids[0], False)
    await begin(wanted)
    await all_of(model)
    assert [request.refused for request in notes.all[3:]] == [False, False]

"""Recording straight from PulseAudio, or PipeWire in its place, by libpulse.

By way of ALSA and PortAudio the same sound costs several times the processor time.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

from audio.inventory import DeviceError
from audio.pcm import SAMPLE_BYTES

_NO_AUTOSPAWN = 1
_CONTEXT_READY, _CONTEXT_FAILED = 4, 5
_STREAM_READY, _STREAM_FAILED = 2, 3
_S16LE = 3
_EARLY_REQUESTS = 0x4000
_DONT_MOVE = 0x0200
_SERVER_CHOOSES = 0xFFFF_FFFF
_ERROR = ctypes.c_size_t(-1).value
_GIVE_POINTERS = (
    "pa_mainloop_new",
    "pa_mainloop_get_api",
    "pa_context_new",
    "pa_stream_new",
    "pa_stream_update_timing_info",
)
_MEASURE_EVERY_S = 1.0
_LONGEST_LATENCY_S = 2.0


class _SampleSpec(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_int),
        ("rate", ctypes.c_uint32),
        ("channels", ctypes.c_uint8),
    )


class _BufferAttr(ctypes.Structure):
    _fields_ = (
        ("maxlength", ctypes.c_uint32),
        ("tlength", ctypes.c_uint32),
        ("prebuf", ctypes.c_uint32),
        ("minreq", ctypes.c_uint32),
        ("fragsize", ctypes.c_uint32),
    )


class PulseRecorder:
    """Records mono int16 from a source of the server, from its default one for an empty name.

    `on_sound` gets what has come every `rest_s`, on a thread of this recorder's own; `on_end` is
    called there when the server ends the stream. While `measures` is set, `latency_s` follows what
    the server knows of the device's clock: from the air to `on_sound`, 0 before the first answer.
    """

    def __init__(
        self,
        source: str,
        rate_hz: int,
        block_ms: int,
        *,
        on_sound: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self._source = source.encode() or None
        self._rate_hz = rate_hz
        self.rest_s = block_ms / 1000
        self.measures = False
        self.latency_s = 0.0
        self._asked_at_s = 0.0
        self._is_asked = False
        self._block_bytes = rate_hz * block_ms // 1000 * SAMPLE_BYTES
        self._on_sound = on_sound
        self._on_end = on_end
        self._is_closing = False
        self._is_settled = threading.Event()
        self._error = ""
        self._pulse = _library()
        self._loop = ctypes.c_void_p(self._pulse.pa_mainloop_new())
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    def open(self) -> None:
        """Start to record. Waits for the server, however long it takes. Raises DeviceError."""
        self._thread.start()
        self._is_settled.wait()
        if self._error:
            self.close()
            raise DeviceError(self._error)

    def close(self) -> None:
        """Release the source; nothing is told any more."""
        self._is_closing = True
        self._pulse.pa_mainloop_wakeup(self._loop)
        self._thread.join()
        self._pulse.pa_mainloop_free(self._loop)

    def _run(self) -> None:
        pulse = self._pulse
        api = ctypes.c_void_p(pulse.pa_mainloop_get_api(self._loop))
        context = ctypes.c_void_p(pulse.pa_context_new(api, b"Sayso"))
        stream = None
        try:
            stream = self._connect(context)
            if stream is not None:
                self._is_settled.set()
                self._record(stream)
        finally:
            if stream is not None:
                pulse.pa_stream_disconnect(stream)
                pulse.pa_stream_unref(stream)
            pulse.pa_context_disconnect(context)
            pulse.pa_context_unref(context)
            if not self._is_settled.is_set():
                self._error = self._error or "closed"
                self._is_settled.set()
            elif not self._is_closing:
                self._on_end()

    def _connect(self, context: ctypes.c_void_p) -> ctypes.c_void_p | None:
        """A stream that runs, or None when closed before that or refused."""
        pulse = self._pulse
        refused = pulse.pa_context_connect(context, None, _NO_AUTOSPAWN, None) < 0
        if refused or not self._wait(pulse.pa_context_get_state, context, _CONTEXT_READY):
            self._refuse(context)
            return None
        spec = _SampleSpec(_S16LE, self._rate_hz, 1)
        attributes = _BufferAttr(*[_SERVER_CHOOSES] * 4, self._block_bytes)
        stream = ctypes.c_void_p(
            pulse.pa_stream_new(context, b"microphone", ctypes.byref(spec), None)
        )
        if not stream:
            self._refuse(context)
            return None
        attributes_at = ctypes.byref(attributes)
        flags = _EARLY_REQUESTS | (_DONT_MOVE if self._source else 0)
        code = pulse.pa_stream_connect_record(stream, self._source, attributes_at, flags)
        if code < 0 or not self._wait(pulse.pa_stream_get_state, stream, _STREAM_READY):
            pulse.pa_stream_unref(stream)
            self._refuse(context)
            return None
        return stream

    def _refuse(self, context: ctypes.c_void_p) -> None:
        code = self._pulse.pa_context_errno(context)
        self._error = self._pulse.pa_strerror(code).decode(errors="replace")

    def _wait(self, state: Callable[[Any], int], of: ctypes.c_void_p, ready: int) -> bool:
        while not self._is_closing:
            now = state(of)
            if now >= ready:
                return now == ready
            if self._pulse.pa_mainloop_iterate(self._loop, 1, None) < 0:
                return False
        return False

    def _record(self, stream: ctypes.c_void_p) -> None:
        pulse, loop = self._pulse, self._loop
        while not self._is_closing:
            # Some servers send a few samples at a time; to wake for each of them costs far more.
            time.sleep(self.rest_s)
            while (events := pulse.pa_mainloop_iterate(loop, 0, None)) > 0:
                pass
            if self.measures:
                self._measure(stream)
            sound = self._take(stream) if events == 0 else None
            if sound is None:
                return
            if sound and not self._is_closing:
                self._on_sound(sound)

    def _measure(self, stream: ctypes.c_void_p) -> None:
        """Ask for the device's clock now and then; the next turn of the loop reads the answer."""
        pulse, now_s = self._pulse, time.monotonic()
        if self._is_asked:
            # An answer that is late is older than what was read since, which makes it negative.
            self._is_asked = False
            latency, negative = ctypes.c_uint64(), ctypes.c_int()
            found = ctypes.byref(latency), ctypes.byref(negative)
            if pulse.pa_stream_get_latency(stream, *found) == 0 and not negative.value:
                self.latency_s = min(latency.value / 1e6 + self.rest_s, _LONGEST_LATENCY_S)
        if now_s - self._asked_at_s >= _MEASURE_EVERY_S:
            asked = ctypes.c_void_p(pulse.pa_stream_update_timing_info(stream, None, None))
            self._is_asked = bool(asked)
            self._asked_at_s = now_s
            if asked:
                pulse.pa_operation_unref(asked)

    def _take(self, stream: ctypes.c_void_p) -> bytes | None:
        """What has come; None when the stream has ended."""
        pulse = self._pulse
        data, size = ctypes.c_void_p(), ctypes.c_size_t()
        pieces = []
        while waiting := pulse.pa_stream_readable_size(stream):
            if waiting == _ERROR:
                return None
            if pulse.pa_stream_peek(stream, ctypes.byref(data), ctypes.byref(size)) < 0:
                return None
            # There may be a hole in the sound.
            pieces.append(ctypes.string_at(data, size.value) if data else bytes(size.value))
            pulse.pa_stream_drop(stream)
        return b"".join(pieces)


def _library() -> Any:
    """Libpulse, which the device watch has loaded already. Raises DeviceError."""
    try:
        pulse = ctypes.CDLL("libpulse.so.0")
    except OSError as error:
        raise DeviceError(str(error)) from error
    for name in _GIVE_POINTERS:
        getattr(pulse, name).restype = ctypes.c_void_p
    pulse.pa_stream_readable_size.restype = ctypes.c_size_t
    pulse.pa_strerror.restype = ctypes.c_char_p
    return pulse

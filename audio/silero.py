"""Silero's voice detector for 16 kHz in numpy: its network without a runtime for networks."""

from __future__ import annotations

import zipfile
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from audio.pcm import Samples

Floats = npt.NDArray[np.float32]

_CONTEXT = 64
_WINDOW = 512
_FRAMES = 4
_HOP = 128
_BINS = 129
_UNITS = 128
_FLOAT_BYTES = 4
_FILE = "silero_vad_16k.npz"
_TO_FLOAT = np.float32(1 / 32768)
_SHAPES = {
    "fourier": (256, 2 * _BINS),
    "conv1": (3 * _BINS, 128),
    "bias1": (128,),
    "conv2": (3 * 128, 64),
    "bias2": (64,),
    "conv3": (2 * 64, 64),
    "bias3": (64,),
    "conv4": (64, _UNITS),
    "bias4": (_UNITS,),
    "lstm": (2 * _UNITS, 4 * _UNITS),
    "lstm_bias": (4 * _UNITS,),
    "final": (_UNITS,),
    "final_bias": (1,),
}


class SileroDetector:
    """The weights of Silero VAD 6.2.3, taken from its ONNX file.

    A window goes through a Fourier transform of four frames, four convolutions that leave one
    vector, an LSTM cell and a weighted sum. Layers that would multiply padding alone are stored
    without those rows. All memory is allocated here, none while it listens.
    Raises OSError or RuntimeError where the weights do not load.
    """

    window_samples = _WINDOW
    label = "silero"

    def __init__(self) -> None:
        self._w = weights = _load()
        # With halved weights, one tanh gives all gates: sigmoid(x) = (1 + tanh(x / 2)) / 2.
        for name in ("lstm", "lstm_bias"):
            gates = weights[name].reshape(-1, 4, _UNITS)
            gates[:, (0, 1, 3)] *= np.float32(0.5)
        self._final_bias = float(weights["final_bias"][0])
        self._sound = _zeros(_CONTEXT + _WINDOW + _CONTEXT)
        self._frames = _Rows(self._sound, _FRAMES, 256, _HOP)
        self._spectrum = _zeros(_FRAMES, 2 * _BINS)
        self._power = _zeros(_FRAMES, _BINS)
        padded1 = _zeros(_FRAMES + 2, _BINS)
        padded2 = _zeros(_FRAMES + 2, 128)
        self._rows1, self._mid1 = _Rows(padded1, _FRAMES, 3 * _BINS, _BINS), padded1[1:5]
        self._rows2, self._mid2 = _Rows(padded2, 2, 3 * 128, 2 * 128), padded2[1:5]
        self._in3 = _zeros(2, 64)
        self._in4 = _zeros(64)
        self._cell_in = _zeros(2 * _UNITS)
        self._cell = _zeros(_UNITS)
        self._gates = _zeros(4, _UNITS)
        self._new = _zeros(_UNITS)

    def probability(self, window: Samples) -> float:
        """See SpeechDetector."""
        sound = self._sound
        sound[:_CONTEXT] = sound[_WINDOW : _WINDOW + _CONTEXT]
        np.multiply(window, _TO_FLOAT, out=sound[_CONTEXT : _CONTEXT + _WINDOW])
        sound[_CONTEXT + _WINDOW :] = sound[_CONTEXT + _WINDOW - 2 : _WINDOW - 2 : -1]
        self._encode()
        return self._decode()

    def reset(self) -> None:
        """See SpeechDetector."""
        self._sound.fill(0.0)
        self._cell_in.fill(0.0)
        self._cell.fill(0.0)

    def _encode(self) -> None:
        """From the sound to the first half of the cell's input."""
        w = self._w
        spectrum, power = self._spectrum, self._power
        np.matmul(self._frames.gather(), w["fourier"], out=spectrum)
        np.multiply(spectrum, spectrum, out=spectrum)
        np.add(spectrum[:, :_BINS], spectrum[:, _BINS:], out=power)
        np.sqrt(power, out=self._mid1)
        _layer(self._rows1.gather(), w["conv1"], w["bias1"], self._mid2)
        _layer(self._rows2.gather(), w["conv2"], w["bias2"], self._in3)
        _layer(self._in3.reshape(-1), w["conv3"], w["bias3"], self._in4)
        _layer(self._in4, w["conv4"], w["bias4"], self._cell_in[:_UNITS])

    def _decode(self) -> float:
        """One step of the LSTM cell, and the probability that it gives."""
        w = self._w
        gates, cell, new = self._gates, self._cell, self._new
        flat = gates.reshape(-1)
        np.matmul(self._cell_in, w["lstm"], out=flat)
        np.add(flat, w["lstm_bias"], out=flat)
        np.tanh(gates, out=gates)
        enter, keep, value, leave = gates
        for gate in (enter, keep, leave):
            np.multiply(gate, np.float32(0.5), out=gate)
            np.add(gate, np.float32(0.5), out=gate)
        np.multiply(cell, keep, out=cell)
        np.multiply(enter, value, out=new)
        np.add(cell, new, out=cell)
        np.tanh(cell, out=new)
        hidden = self._cell_in[_UNITS:]
        np.multiply(new, leave, out=hidden)
        np.maximum(hidden, np.float32(0.0), out=new)
        score = float(np.dot(new, w["final"])) + self._final_bias
        return 0.5 + 0.5 * float(np.tanh(0.5 * score))


class _Rows:
    """Overlapping pieces of a buffer as the rows of a matrix."""

    def __init__(self, buffer: Floats, count: int, length: int, step: int) -> None:
        strides = (step * _FLOAT_BYTES, _FLOAT_BYTES)
        self._view = np.lib.stride_tricks.as_strided(buffer, (count, length), strides)
        self._rows = _zeros(count, length)

    def gather(self) -> Floats:
        """The rows as they are now. BLAS wants them one after the other."""
        np.copyto(self._rows, self._view)
        return self._rows


def _layer(inputs: Floats, weights: Floats, bias: Floats, out: Floats) -> None:
    np.matmul(inputs, weights, out=out)
    np.add(out, bias, out=out)
    np.maximum(out, np.float32(0.0), out=out)


def _zeros(*shape: int) -> Floats:
    return np.zeros(shape, dtype=np.float32)


def _load() -> dict[str, Floats]:
    with files("resources").joinpath("silero", _FILE).open("rb") as file:
        try:
            with np.load(file) as stored:
                weights = {name: stored[name] for name in _SHAPES}
        except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise RuntimeError(f"the detector's weights are damaged: {error}") from error
    for name, shape in _SHAPES.items():
        if weights[name].shape != shape or weights[name].dtype != np.float32:
            raise RuntimeError(f"the detector's weights are others: {name}")
    return weights

"""Has torch judge what is on the screen, in a small process of its own.

``submit`` hands over a network, what it read and everything that ``run`` recorded; ``poll`` says
nothing until torch has computed the same from the weights alone, and then how far the two are
apart. The process is started when first needed, ends when nobody has asked for a while, and is
replaced when it dies or takes too long. This process never imports torch.

The worker is a command of its own and no ``multiprocessing`` child: those import what stands in the
place of ``__main__``, and under Streamlit that is the script of a page.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import IO

import numpy as np
from safetensors.numpy import save

from lstm_viz.extras import has
from lstm_viz.language import N_
from lstm_viz.networks.network import Network, array_name
from lstm_viz.run.recording import Place, Recording
from lstm_viz.tasks import Sequence

CODE = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "lstm_viz.networks.torch.proof_process")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PATIENCE = 60.0  # seconds for one answer, torch's own start included
IDLE = 600.0  # seconds without a question after which the process is ended
WAITING = 200  # questions that wait at most
REMEMBERED = 2000  # verdicts
AGAIN = 60.0  # seconds after which a question that found no verdict may be asked again
LONGEST = 64 * 2**20  # bytes of a question
NO_TORCH = N_("torch is not installed here")


@dataclass(frozen=True)
class Verdict:
    """How far NumPy and torch are apart.

    ``difference`` is the largest over ``numbers`` numbers, None if there is no verdict, and then
    ``problem`` says why. ``judges`` are what computed them on the other side, such as
    "torch.nn.LSTM" and "the equations on tensors".
    """

    difference: float | None = None
    numbers: int = 0
    judges: tuple[str, ...] = ()
    problem: str = ""


def submit(network: Network, sequence: Sequence, recording: Recording) -> str:
    """The handle under which ``poll`` will know the verdict; the same question has the same."""
    return _CHECKER.submit(_question(network, sequence, recording))


def submit_gradients(
    network: Network,
    sequence: Sequence,
    recording: Recording,
    by_h: np.ndarray,
    gradients: Mapping[str, np.ndarray],
) -> str:
    """As ``submit``; autograd computes the gradients of the first layer's weights and input too.

    ``gradients`` are ours, by each weight and by "x", for the derivative ``by_h`` of a loss by h.
    """
    arrays = {f"gradient.{name}": array for name, array in gradients.items()}
    arrays["given.h"] = np.broadcast_to(by_h, recording[0]["h"].shape)
    return _CHECKER.submit(_question(network, sequence, recording, arrays))


def submit_module(
    kind: str,
    weights: Mapping[Place, Mapping[str, np.ndarray]],
    x: np.ndarray,
    recording: Recording,
    head: tuple[np.ndarray, np.ndarray],
) -> str:
    """As ``submit``, for layers in one or both directions: all of them in one module of torch.

    ``kind`` is "LSTM", "GRU" or "RNN"; ``head`` has the weight and the bias of the output layer.
    """
    arrays = {"read": x, "recorded.output": recording.output}
    arrays |= {"network.head.weight": head[0], "network.head.bias": head[1]}
    for (layer, way), of_place in weights.items():
        arrays |= {f"{way}{layer}.{name}": array for name, array in of_place.items()}
    shape = {
        "kind": kind,
        "layers": recording.layers,
        "both": len(recording.directions) == 2,
        "hidden": recording[0].h.shape[2],
    }
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return _CHECKER.submit(save(contiguous, metadata={"module": json.dumps(shape)}))


def poll(handle: str) -> Verdict | None:
    """The verdict; None while there is none."""
    return _CHECKER.poll(handle)


def close() -> None:
    """End the process; the next question starts another."""
    _CHECKER.close()


def _question(
    network: Network,
    sequence: Sequence,
    recording: Recording,
    more: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> bytes:
    """Weights, what was read, and what was recorded, as a safetensors file in float64."""
    arrays = dict(more)
    arrays |= {f"network.{name}": array for name, array in network.arrays().items()}
    arrays["read"] = network.task.encode(sequence)[:, None]
    arrays["recorded.output"] = recording.output
    for place, trace in recording.traces.items():
        recorded: Mapping[str, np.ndarray] = {**trace.signals, "x": trace.x}
        named = ((array_name(place, name), values) for name, values in recorded.items())
        arrays |= {f"recorded.{name}": values for name, values in named}
    described = [(*place, cell.text, cell.initial) for place, (cell, _) in network.layers.items()]
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    data: bytes = save(contiguous, metadata={"layers": json.dumps(described)})
    return data


class _Checker:
    """Questions in a queue, one thread that puts them to one process, verdicts by handle."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._verdicts: OrderedDict[str, tuple[Verdict | None, float]] = OrderedDict()  # and when
        self._questions: queue.Queue[tuple[str, bytes]] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def submit(self, question: bytes) -> str:
        handle = sha256(question).hexdigest()[:32]
        if not has("torch"):
            return self._note(handle, Verdict(problem=NO_TORCH))
        if len(question) > LONGEST:
            return self._note(handle, Verdict(problem=N_("too much to compare")))
        with self._lock:
            known, noted = self._verdicts.get(handle, (None, 0.0))
            if handle in self._verdicts:
                self._verdicts.move_to_end(handle)
                if known is None or not known.problem or time.monotonic() < noted + AGAIN:
                    return handle
            try:
                self._questions.put_nowait((handle, question))
            except queue.Full:
                full = Verdict(problem=N_("too many questions are waiting"))
                self._verdicts[handle] = full, time.monotonic()
                return handle
            self._verdicts[handle] = None, time.monotonic()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._serve, name="judge", daemon=True)
                self._thread.start()
        return handle

    def poll(self, handle: str) -> Verdict | None:
        with self._lock:
            return self._verdicts.get(handle, (None, 0.0))[0]

    def close(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _note(self, handle: str, verdict: Verdict) -> str:
        with self._lock:
            self._verdicts[handle] = verdict, time.monotonic()
            self._verdicts.move_to_end(handle)
            while len(self._verdicts) > REMEMBERED:
                self._verdicts.popitem(last=False)
        return handle

    def _serve(self) -> None:
        while True:
            try:
                handle, question = self._questions.get(timeout=IDLE)
            except queue.Empty:
                self.close()
                continue
            try:
                verdict = self._answer(question)
            except Exception as error:  # the next question deserves an answer, too
                verdict = Verdict(problem=f"{type(error).__name__}: {error}"[:300])
            self._note(handle, verdict)

    def _answer(self, question: bytes) -> Verdict:
        """The answer to one question, tried twice: it may not be to blame for a dead process."""
        for _ in range(2):
            # ValueError: its pipe was closed by close() while this was being written
            with contextlib.suppress(OSError, EOFError, ValueError):
                found = json.loads(self._put(question))
                return Verdict(**(found | {"judges": tuple(found.get("judges", ()))}))
            self.close()
        return Verdict(problem=N_("torch's process ended before it had answered"))

    def _put(self, question: bytes) -> bytes:
        """The process's answer; one that is too slow is ended, which ends the answer as well."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            send(process.stdin, question)
            return receive(process.stdout)
        finally:
            watchdog.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                _end(self._process)
                self._process = None
            if self._process is None:
                path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))
                self._process = subprocess.Popen(
                    COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=os.environ | ONE_THREAD | {"PYTHONPATH": path},
                    start_new_session=True,  # Ctrl+C ends the app; this process ends with it
                )
            return self._process


def send(stream: IO[bytes], message: bytes) -> None:
    """A message through a pipe, its length first."""
    stream.write(len(message).to_bytes(8, "little") + message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """The next message; EOFError where the other side has ended."""
    head = stream.read(8)
    message = stream.read(int.from_bytes(head, "little"))
    if len(head) < 8 or len(message) < int.from_bytes(head, "little"):
        raise EOFError
    return message


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait()


_CHECKER = _Checker()
atexit.register(close)

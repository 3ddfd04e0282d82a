"""What a run leaves on disk: its curves, and the weights at many moments. Read without torch.

A run's folder holds ``record.safetensors``, replaced as a whole while it goes on; ``snapshots/``,
each written once; ``checkpoint.safetensors``, from which a stopped run goes on. A file appears
under its name only when it is complete. One that is damaged all the same is reported and left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save

from lstm_viz.bounded import Bounded
from lstm_viz.language import _
from lstm_viz.networks import network_file
from lstm_viz.networks.edited_cell import Edited, edited
from lstm_viz.networks.network import Network, load, untrained
from lstm_viz.tasks import Task
from lstm_viz.training.settings import (
    Settings,
    as_checked,
    base_of,
    cell_in,
    chrono_of,
    recipe_of,
    task_in,
)

RECORD, CHECKPOINT, SNAPSHOTS = "record.safetensors", "checkpoint.safetensors", "snapshots"
FORMAT = "LSTM Viz run 1"


@dataclass(frozen=True)
class Diverged:
    """Where a loss stopped being a number; ``norm`` is the last gradient norm that was one."""

    step: int
    norm: float


@dataclass(frozen=True, eq=False)
class Record:
    """A run so far.

    ``loss`` and ``norm`` (steps done,) are of every training step, in nats or squared scaled units;
    ``at`` are the numbers of steps after which it was examined on what it is never trained on, with
    ``validation``, the loss there, and ``metric``. ``knowing`` and ``best`` are the task's.
    ``seconds`` is the time of training, ``aside`` that of examining and keeping in it. It is
    ``examined`` on so many sequences, of which the share ``seen`` was trained on so far.
    """

    settings: Settings
    loss: np.ndarray
    norm: np.ndarray
    at: np.ndarray
    validation: np.ndarray
    metric: np.ndarray
    knowing: Mapping[str, float]
    best: float | None
    parameters: int
    seconds: float
    aside: float
    diverged: Diverged | None = None
    examined: int = 0
    seen: float = 0.0

    @property
    def done(self) -> int:
        return len(self.loss)

    @property
    def speed(self) -> float:
        """Steps a second."""
        return self.done / self.seconds if self.seconds else 0.0

    def to_bytes(self) -> bytes:
        arrays = {
            name: np.ascontiguousarray(getattr(self, name), np.float64)
            for name in ("loss", "norm", "at", "validation", "metric")
        }
        facts = {
            "knowing": dict(self.knowing),
            "best": self.best,
            "parameters": self.parameters,
            "seconds": self.seconds,
            "aside": self.aside,
            "examined": self.examined,
            "seen": self.seen,
            "diverged": self.diverged and [self.diverged.step, self.diverged.norm],
        }
        words = {"format": FORMAT, "settings": json.dumps(self.settings)}
        data: bytes = save(arrays, metadata=words | {"facts": json.dumps(facts)})
        return data


def write(file: Path, data: bytes) -> None:
    """The file appears whole or not at all."""
    waiting = file.with_name(f".{file.name}.{os.getpid()}")
    waiting.write_bytes(data)
    os.replace(waiting, file)


def words_of(data: bytes) -> dict[str, str]:
    """The words in a safetensors file's header."""
    length = int.from_bytes(data[:8], "little")
    words: dict[str, str] = json.loads(data[8 : 8 + length])["__metadata__"]
    return words


def read_record(data: bytes) -> Record:
    """Raises ValueError for what is no record."""
    try:
        arrays, words = load_arrays(data), words_of(data)
        facts = json.loads(words["facts"])
        diverged = facts.pop("diverged")
        return Record(
            settings=as_checked(json.loads(words["settings"])),
            **{name: arrays[name] for name in ("loss", "norm", "validation", "metric")},
            at=arrays["at"].astype(int),
            diverged=Diverged(*diverged) if diverged else None,
            **facts,
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            _("The run’s record is damaged: {why}").format(why=str(error)[:200])
        ) from None


@dataclass(frozen=True)
class Weights:
    """What one file of weights held when it was ``changed`` last."""

    file: Path
    changed: tuple[int, int, int]
    data: bytes = field(compare=False, repr=False)

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """As float64, twice as many bytes as in the file: not for keeping."""
        return network_file.read(self.data)[0]


@dataclass(frozen=True, eq=False)
class Run:
    """What could be read of a run's folder at one time; ``damaged`` names the files that could not.

    It stays whole when the run is deleted, or begun again, in the meantime.
    """

    folder: Path
    settings: Settings
    record: Record | None = None
    weights: Mapping[int, Weights] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its job's id."""
        return self.folder.name

    @cached_property
    def task(self) -> Task:
        return task_in(self.settings)

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """After how many training steps weights were kept, in order."""
        return tuple(self.weights)

    def network(self, step: int) -> Network:
        """The network after so many steps, one of ``kept``.

        Raises ValueError if none was kept then, or if it is another network's.
        """
        if step not in self.weights:
            raise ValueError(
                _("No weights were kept after training step {step}.").format(step=step)
            )
        return _network(self.weights[step], self.settings)


def file_name(step: int) -> str:
    return f"{step:06d}.safetensors"


def open_run(folder: Path, settings: Settings) -> Run:
    """Everything in the folder that can be read, with the names of what cannot."""
    record, damaged = None, []
    try:
        record = _record(folder / RECORD, _changed(folder / RECORD))
    except FileNotFoundError:
        pass
    except ValueError:
        damaged.append(RECORD)
    kept = {}
    for file in sorted((folder / SNAPSHOTS).glob("??????.safetensors")):
        if not file.stem.isdigit():
            continue
        try:
            kept[int(file.stem)] = _weights(file, _changed(file))
        except FileNotFoundError:
            pass  # deleted since it was listed
        except (ValueError, OSError):
            damaged.append(f"{SNAPSHOTS}/{file.name}")
    return Run(folder, settings, record, kept, tuple(damaged))


def _changed(file: Path) -> tuple[int, int, int]:
    """What is another for another file of this name: two may be written at the same time."""
    found = file.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


@lru_cache(64)
def _record(file: Path, changed: tuple[int, int, int]) -> Record:
    del changed  # so that a new one is read
    return read_record(file.read_bytes())


# What is read once is kept for who asks again, up to so many bytes of all runs together.
_WEIGHTS: Bounded[Weights] = Bounded(48 * 2**20, lambda kept: len(kept.data))
_NETWORKS: Bounded[Network] = Bounded(
    48 * 2**20, lambda network: sum(array.nbytes for array in network.arrays().values())
)


def _weights(file: Path, changed: tuple[int, int, int]) -> Weights:
    return _WEIGHTS.get((file, changed), lambda: _read_weights(file, changed))


def _read_weights(file: Path, changed: tuple[int, int, int]) -> Weights:
    data = file.read_bytes()
    network_file.read(data)  # is it one?
    return Weights(file, changed, data)


def _network(kept: Weights, settings: Settings) -> Network:
    """The network with these weights; what the settings are is in the name of the run's folder."""
    key = (kept.file, kept.changed, settings["cell"], settings["hidden"])
    return _NETWORKS.get(key, lambda: _made(kept, settings))


def _made(kept: Weights, settings: Settings) -> Network:
    start = beginning(settings)
    arrays, wanted = kept.arrays, start.arrays()
    if {n: a.shape for n, a in arrays.items()} != {n: a.shape for n, a in wanted.items()}:
        raise ValueError(_("The weights are damaged: they are another network’s."))
    return start.with_arrays(arrays)


def beginning(settings: Settings) -> Network:
    """The network before its first step: settings and seed determine every number of it."""
    task = task_in(settings)
    if found := origin(settings):
        return replace(found.network, task=task)
    recipe = recipe_of(settings, task)
    return untrained(
        task,
        cell_in(settings),
        recipe.hidden,
        recipe.embedding,
        seed=recipe.seed,
        forget_bias=recipe.forget_bias,
        chrono=chrono_of(settings, task),
        orthogonal=settings["start"] == "orthogonal",
    )


def origin(settings: Settings) -> Edited | None:
    """The trained network that a run goes on from, edited into the run's cell; None without one."""
    base = base_of(settings)
    if not base:
        return None
    return edited(load(settings["task"], base), cell_in(settings), settings["seed"])


def exported(run: Run, step: int) -> bytes:
    """A safetensors file with the weights after so many steps and all it takes to use them."""
    network, task = run.network(step), run.task
    cell = network.cell
    words = {
        "format": f"{FORMAT}, exported",
        "how to read it": (
            "layer0.* are the weights of the equations in 'cell'; x is embedding[symbol number], "
            "or the numbers of a step as (number - centre) / spread; the answer at each step is "
            "head.weight @ h + head.bias: one logit for each of 'answers', or a scaled number."
        ),
        "cell": cell.text,
        "initial": json.dumps(cell.initial),
        "symbols": json.dumps(task.symbols, ensure_ascii=False),
        "answers": json.dumps(task.choices, ensure_ascii=False),
        "channels": json.dumps(task.channels),
        "centre": str(task.centre),
        "spread": str(task.spread),
        "step": str(step),
        "settings": json.dumps({k: v for k, v in run.settings.items() if k != "material"}),
    }
    if run.record is not None and step in run.record.at:
        place = int(np.flatnonzero(run.record.at == step)[0])
        words[task.watch.score.key] = f"{run.record.metric[place]:.6g}"
        words["validation loss"] = f"{run.record.validation[place]:.6g}"
    return network_file.write(network.arrays(), words)

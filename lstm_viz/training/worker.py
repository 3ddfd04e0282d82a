"""The work of a training run: train step by step, look now and then, keep what was seen.

Everything follows from the settings and the number of steps done. A checkpoint therefore holds the
weights, the optimiser's state and that of the random numbers, and a run that was stopped goes on to
the very numbers that it would have had. To look takes time from training, so it happens at the
steps of ``snapshots``; curves are written by the clock, for whoever is watching.
"""

from __future__ import annotations

import gc
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load, save
from torch import Tensor

from lstm_viz.files.checks import MAX_VALUE
from lstm_viz.jobs import EndedError
from lstm_viz.networks import network_file
from lstm_viz.networks.torch.layer import RecurrentNet
from lstm_viz.tasks import Examined, Task
from lstm_viz.tasks.seen import Seen
from lstm_viz.training.learner import Learner, error_of, quick, tensor
from lstm_viz.training.promise import Promise
from lstm_viz.training.run_folder import (
    CHECKPOINT,
    RECORD,
    SNAPSHOTS,
    Diverged,
    Record,
    beginning,
    file_name,
    read_record,
    words_of,
    write,
)
from lstm_viz.training.settings import MOST_SECONDS, Settings, recipe_of, task_in
from lstm_viz.training.snapshots import examinations, most_kept, snapshots

WRITTEN_EVERY = 1.0  # seconds
SAVED_EVERY = 10.0  # seconds between checkpoints
EXAMINED_ON = 48  # sequences


def work(settings: Settings, folder: Path, is_to_stop: Callable[[], bool]) -> bool:
    """Train as the settings say, from where the folder's checkpoint left off if there is one.

    Returns whether it came to its end; a loss that is no number any more is an end, too.
    """
    try:
        with quick():
            return RunInProgress(settings, folder).to_the_end(is_to_stop)
    finally:
        gc.collect()


class RunInProgress:
    """A run in progress: all of it follows from the settings, step by step."""

    def __init__(self, settings: Settings, folder: Path):
        self.settings, self.folder = settings, folder
        self.task: Task = task_in(settings)
        self.recipe = recipe_of(settings, self.task)
        self.net = RecurrentNet(beginning(settings)).float()
        self.learner = Learner(self.net, self.recipe, settings["optimiser"])
        self.examined_on = self.task.held_out(np.random.default_rng(1), EXAMINED_ON)
        self.seen = Seen(self.examined_on)
        steps = self.recipe.steps
        size = 4 * sum(parameter.numel() for parameter in self.net.parameters())
        self.snapshots = set(snapshots(steps, most_kept(size)))
        self.examinations = set(examinations(steps))
        self.loss, self.norm = np.zeros(steps), np.zeros(steps)
        self.at: list[int] = []
        self.validation: list[float] = []
        self.metric: list[float] = []
        self.knowing = dict(self.task.knowing())
        self.seconds, self.aside = 0.0, 0.0
        self.diverged: Diverged | None = None
        (folder / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
        self._go_on_from_checkpoint()

    @property
    def step(self) -> int:
        return self.learner.step

    def to_the_end(self, is_to_stop: Callable[[], bool]) -> bool:
        written = saved = began = time.perf_counter()
        before = self.seconds
        looks = sum(step > self.step for step in self.examinations)
        promise = Promise(self.recipe.steps - self.step, looks, MOST_SECONDS)
        while self.diverged is None:
            first = time.process_time()
            if self.step in self.examinations and self.step not in self.at:
                self._look()
                promise.after_look(time.process_time() - first)
            if self.step == self.recipe.steps or is_to_stop():
                break
            first = time.process_time()
            self._learn()
            try:
                promise.after_step(time.process_time() - first)
            except EndedError:
                self._save()
                raise
            now = time.perf_counter()
            self.seconds = before + now - began
            if now - written > WRITTEN_EVERY:
                self._write()
                written = time.perf_counter()
                self.aside += written - now
            if now - saved > SAVED_EVERY:
                self._save()
                saved = time.perf_counter()
        is_over = self.diverged is not None or self.step == self.recipe.steps
        if is_over:
            self._write()
            (self.folder / CHECKPOINT).unlink(missing_ok=True)  # three times the network's size
        else:
            self._save()
        return is_over

    def _learn(self) -> None:
        """One step; or, where the loss or its gradient is no number, none, and the end."""
        step = self.step
        value, norm = self.learner.learn()
        if self.learner.drawn is not None:
            self.seen.look(self.learner.drawn)
        if self.step == step:
            before = float(self.norm[step - 1]) if step else math.nan
            self.diverged = Diverged(step, before if math.isnan(norm) else norm)
        else:
            self.loss[step], self.norm[step] = value, norm

    def _look(self) -> None:
        """Examine the network on what is held out; keep its weights if it is time."""
        began = time.perf_counter()
        inputs, targets = self.examined_on
        with torch.no_grad():
            outputs = self.net(tensor(inputs))
            loss = error_of(outputs, torch.tensor(targets)).item()
        network = self.net.to_network()
        try:
            metric = self.task.metric(network, Examined(inputs, targets, outputs.numpy()))
        except FloatingPointError:  # weights beyond all bounds: the next step will tell
            metric = math.nan
        self.at.append(self.step)
        self.validation.append(loss)
        self.metric.append(metric)
        if self.step in self.snapshots:
            arrays = network.arrays()
            # Of a run about to diverge only what a file may hold is kept.
            if all((np.abs(array) <= MAX_VALUE).all() for array in arrays.values()):
                file = self.folder / SNAPSHOTS / file_name(self.step)
                write(file, network_file.write(arrays, {"step": str(self.step)}))
        self.aside += time.perf_counter() - began

    # -- files

    def record(self) -> Record:
        return Record(
            settings=self.settings,
            loss=self.loss[: self.step],
            norm=self.norm[: self.step],
            at=np.array(self.at, float),
            validation=np.array(self.validation),
            metric=np.array(self.metric),
            knowing=self.knowing,
            best=self.task.best,
            parameters=sum(parameter.numel() for parameter in self.net.parameters()),
            seconds=self.seconds,
            aside=self.aside,
            diverged=self.diverged,
            examined=len(self.seen.keys),
            seen=self.seen.share,
        )

    def _write(self) -> None:
        write(self.folder / RECORD, self.record().to_bytes())

    def _save(self) -> None:
        """All that is needed to go on as if nothing had been."""
        arrays = {f"net.{name}": p.detach().numpy() for name, p in self.net.named_parameters()}
        for number, state in self.learner.optimiser.state_dict()["state"].items():
            for name, value in state.items():
                if value is not None:
                    arrays[f"optimiser.{number}.{name}"] = np.asarray(value)
        arrays["seen"] = self.seen.flags
        words = {"step": str(self.step), "rng": json.dumps(self.learner.rng.bit_generator.state)}
        self._write()
        write(self.folder / CHECKPOINT, save(arrays, metadata=words))

    def _go_on_from_checkpoint(self) -> None:
        """Take up what ``_save`` left; what is damaged is as if it were not there."""
        try:
            data = (self.folder / CHECKPOINT).read_bytes()
            arrays, words = load(data), words_of(data)
            record = read_record((self.folder / RECORD).read_bytes())
            step, rng = int(words["step"]), json.loads(words["rng"])
        except (FileNotFoundError, SafetensorError, KeyError, ValueError):
            return
        if record.done < step or record.diverged:
            return
        with torch.no_grad():
            for name, parameter in self.net.named_parameters():
                parameter.copy_(torch.tensor(arrays[f"net.{name}"]))
        state: dict[int, dict[str, Tensor]] = {}
        for key, array in arrays.items():
            if key.startswith("optimiser."):
                _, number, name = key.split(".")
                state.setdefault(int(number), {})[name] = torch.tensor(array)
        optimiser = self.learner.optimiser
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": state, "param_groups": groups})
        self.seen.flags = arrays["seen"]
        self.learner.rng.bit_generator.state, self.learner.step = rng, step
        self.seconds, self.aside = record.seconds, record.aside
        self.loss[:step], self.norm[:step] = record.loss[:step], record.norm[:step]
        seen = record.at <= step
        self.at = record.at[seen].tolist()
        self.validation = record.validation[seen].tolist()
        self.metric = record.metric[seen].tolist()

"""The shipped tasks as exercises: the same sequences, with losses to compare with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks import TASKS, counting, load, python, reber
from lstm_viz.tasks.exercise import Examined, Exercise
from lstm_viz.tasks.subject import chinese as subject_zh
from lstm_viz.tasks.subject import english as subject
from lstm_viz.tasks.subject.grammar import Grammar
from lstm_viz.tasks.task import IGNORED, Batch, Reads, Score, Task, cross_entropy, drawn

NOT_COUNTING = N_("knows the order of the letters, does not count")


# With these a class has seen it learn in ten seconds of a core (the characters take twenty); the
# shipped networks were trained for longer.
FOR_A_CLASS: Mapping[str, Mapping[str, Any]] = {
    "subject": {"steps": 900},
    "subject_zh": {"steps": 1000, "learning_rate": 0.03},
    "counting": {"steps": 1000},
    "reber": {"steps": 1500},
    "python": {"steps": 1000},
    "load": {"steps": 1000},
}


def exercise(name: str) -> Exercise:
    """A shipped task as an exercise."""
    found = _MADE[name](TASKS[name])
    return replace(found, recipe=replace(found.recipe, **FOR_A_CLASS.get(name, {})))


def _with(task: Task, **more: Any) -> Exercise:
    same = {field.name: getattr(task, field.name) for field in fields(Task) if field.init}
    return Exercise(**(same | more))


def _subject(grammar: Grammar) -> Callable[[Task], Exercise]:
    def made(task: Task) -> Exercise:
        places = [task.numbers[pronoun] for pronoun in grammar.pronouns]

        def held_out(rng: np.random.Generator, size: int) -> Batch:
            return task.steps(drawn(grammar.episode, rng, size, True, task.examples.values()))

        def pronouns_right(network: Reads, examined: Examined) -> float:
            del network
            asked = np.isin(examined.targets, places)
            chosen = np.array(places)[examined.outputs[..., places].argmax(-1)]
            return float((chosen == examined.targets)[asked].mean())

        def knowing() -> dict[str, float]:
            return _unigram(held_out)

        return _with(task, held_out=held_out, metric=pronouns_right, knowing=knowing)

    return made


def _unigram(held_out: Callable[[np.random.Generator, int], Batch]) -> dict[str, float]:
    """The loss of one who knows nothing but how often each word is used."""
    counted = held_out(np.random.default_rng(3), 200)[1]
    tested = held_out(np.random.default_rng(4), 200)[1]
    counts = np.bincount(counted[counted != IGNORED]) + 1.0
    known = tested[(tested != IGNORED) & (tested < len(counts))]
    return {N_("how often each word is used"): float(-np.log(counts / counts.sum())[known].mean())}


def _counting(task: Task) -> Exercise:
    """Strings a^n X b^n, three in a row; the metric reads each n by itself, all side by side."""
    alone = [tuple(counting.string(n)) for n in range(1, 41)]

    def held_out(rng: np.random.Generator, size: int) -> Batch:
        return task.steps(drawn(counting.strings, rng, size, True, task.examples.values()))

    def counts_to(network: Reads, examined: Examined) -> float:
        del examined
        probabilities = network.probabilities(task.steps(alone)[0])
        for n, string in enumerate(alone, 1):
            answers = probabilities[: len(string) - 1, n - 1]
            if False in task.right(string[:-1], answers):
                return float(n - 1)
        return float(len(alone))

    mean = (1 + counting.TRAINED_TO) / 2
    asked = 3 * (2 * mean + 2) - 1  # three strings of 2 n + 2 symbols, all but the first one
    choices = 3 * math.log(counting.TRAINED_TO)
    changes = 1 / mean
    a_or_b = -changes * math.log(changes) - (1 - changes) * math.log(1 - changes)
    return _with(
        task,
        held_out=held_out,
        metric=counts_to,
        knowing=lambda: {
            N_("knows the order of the letters, does not count"): 6 * mean * a_or_b / asked
        },
        best=choices / asked,
    )


def _reber(task: Task) -> Exercise:
    def held_out(rng: np.random.Generator, size: int) -> Batch:
        return task.steps(reber.strings(rng, size, held_out=True))

    def remembered(network: Reads, examined: Examined) -> float:
        """How often the letter before the last is the right one, of the two that it may be."""
        del network
        places = (examined.targets != IGNORED).sum(0) - 2
        columns = np.arange(len(places))
        letters = np.array([task.numbers[letter] for letter in "TP"])
        odds = examined.outputs[places, columns][:, letters]
        return float((letters[odds.argmax(-1)] == examined.targets[places, columns]).mean())

    forgetting = reber.OPTIMUM + math.log(2) / 11
    return _with(
        task,
        held_out=held_out,
        metric=remembered,
        score=Score("remembered_letter_right", N_("remembered letter right"), "%", True, 1.0),
        knowing=lambda: {
            N_("any letter alike"): math.log(7),
            N_("knows the grammar, forgets the letter"): forgetting,
        },
        best=reber.OPTIMUM,
    )


def _python(task: Task) -> Exercise:
    def held_out(rng: np.random.Generator, size: int) -> Batch:
        text = python.source(held_out=True)
        return python.windows(text, rng.integers(0, len(text) - 101, size), 100)

    def bits(network: Reads, examined: Examined) -> float:
        del network
        odds = np.exp(examined.outputs - examined.outputs.max(-1, keepdims=True))
        return cross_entropy(odds / odds.sum(-1, keepdims=True), examined.targets) / math.log(2)

    def knowing() -> dict[str, float]:
        alike = {N_("any character alike"): math.log(len(python.SYMBOLS))}
        return alike | {name: math.log(2) * bits for name, bits in task.baselines().items()}

    return _with(task, held_out=held_out, metric=bits, knowing=knowing)


def _load(task: Task) -> Exercise:
    def after_a_day(network: Reads, examined: Examined) -> float:
        del network
        error = (examined.outputs - examined.targets)[load.DAY :]
        return float((error**2).mean() * task.spread**2)

    def knowing() -> dict[str, float]:
        return {label: value / task.spread**2 for label, value in task.baselines().items()}

    best = load.NOISE**2 / task.spread**2
    return _with(task, held_out=task.batch, metric=after_a_day, knowing=knowing, best=best)


_MADE: Mapping[str, Callable[[Task], Exercise]] = {
    "subject": _subject(subject.GRAMMAR),
    "subject_zh": _subject(subject_zh.GRAMMAR),
    "counting": _counting,
    "reber": _reber,
    "python": _python,
    "load": _load,
}

"""What holds for every task: its examples can be read, typed and predicted, and nothing leaks."""

import numpy as np
import pytest

from lstm_viz.tasks import MAX_STEPS, TASKS
from lstm_viz.tasks.task import IGNORED

EXAMPLES = [
    pytest.param(task, sequence, id=f"{task.name}: {title}")
    for task in TASKS.values()
    for title, sequence in task.examples.items()
]


@pytest.fixture(params=list(TASKS.values()), ids=list(TASKS))
def task(request):
    return request.param


def batch(task, seed=0, size=16):
    return task.batch(np.random.default_rng(seed), size)


@pytest.mark.parametrize(("task", "sequence"), EXAMPLES)
def test_what_is_written_is_what_is_read(task, sequence):
    assert task.parse(task.write(sequence)) == sequence


@pytest.mark.parametrize(("task", "sequence"), EXAMPLES)
def test_an_example_fits_on_the_screen(task, sequence):
    assert 2 <= len(sequence) <= MAX_STEPS


@pytest.mark.parametrize(("task", "sequence"), EXAMPLES)
def test_each_step_is_right_wrong_or_not_to_be_known(task, sequence):
    width = len(task.symbols) if task.symbols else 1
    answers = task.right(sequence, np.full((len(sequence), width), 1 / width))
    assert len(answers) == len(sequence)
    assert {type(answer) for answer in answers} <= {bool, type(None)}


def test_the_same_seed_draws_the_same_batch_and_another_one_another(task):
    for one, other in zip(batch(task), batch(task), strict=True):
        np.testing.assert_array_equal(one, other)
    inputs, others = batch(task)[0], batch(task, seed=1)[0]
    assert inputs.shape != others.shape or not np.array_equal(inputs, others)


def test_the_target_of_a_step_is_what_comes_next(task):
    inputs, targets = batch(task)
    assert inputs.shape[:2] == targets.shape[:2]
    asked = targets[:-1] != IGNORED if task.symbols else ~np.isnan(targets[:-1])
    is_padding = asked & (targets[1:] == IGNORED) if task.symbols else ~asked
    compared = asked & ~is_padding
    np.testing.assert_array_equal(targets[:-1][compared], inputs[1:][compared])


def test_symbols_are_numbered_in_their_order(task):
    if task.symbols:
        assert len(set(task.symbols)) == len(task.symbols)
        assert task.encode(task.symbols).tolist() == list(range(len(task.symbols)))


def test_no_example_is_ever_trained_on(task):
    if task.symbols is None or task.name == "python":
        return  # noise and files of one's own are never drawn again
    shown = {task.write(sequence) for sequence in task.examples.values()}
    for seed in range(20):
        inputs, targets = batch(task, seed, 64)
        for column in range(inputs.shape[1]):
            end = int((targets[:, column] != IGNORED).sum())
            codes = [*inputs[:end, column], targets[end - 1, column]]
            assert task.write([task.symbols[code] for code in codes]) not in shown


def test_baselines_are_numbers_with_names(task):
    for name, value in task.baselines().items():
        assert name
        assert np.isfinite(value)

"""What holds for every task: its examples can be read, typed and predicted, and nothing leaks."""

import math

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.network import untrained
from lstm_viz.tasks import MAX_STEPS, TASKS, task_of
from lstm_viz.tasks.loss import IGNORED, is_asked
from lstm_viz.tasks.seen import share_said, share_seen

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
def test_what_is_written_is_what_is_read_where_one_can_type(task, sequence):
    if task.read_text is not None:
        assert task.parse(task.write(sequence)) == sequence
        return
    with pytest.raises(ValueError, match="drawn, not typed"):
        task.parse("anything")


@pytest.mark.parametrize(("task", "sequence"), EXAMPLES)
def test_an_example_fits_on_the_screen(task, sequence):
    assert 2 <= len(sequence) <= MAX_STEPS


@pytest.mark.parametrize(("task", "sequence"), EXAMPLES)
def test_each_step_is_right_wrong_or_not_to_be_known(task, sequence):
    width = task.outputs
    answers = task.right(sequence, np.full((len(sequence), width), 1 / width))
    assert len(answers) == len(sequence)
    assert {type(answer) for answer in answers} <= {bool, type(None)}


def test_the_same_seed_draws_the_same_batch_and_another_one_another(task):
    for one, other in zip(batch(task), batch(task), strict=True):
        np.testing.assert_array_equal(one, other)
    inputs, others = batch(task)[0], batch(task, seed=1)[0]
    assert inputs.shape != others.shape or not np.array_equal(inputs, others)


@pytest.mark.parametrize(("task", "sequence"), EXAMPLES)
def test_something_is_asked_of_every_example_and_after_nothing_else_it_is_what_comes_next(
    task, sequence
):
    targets, codes = task.targets(sequence), task.encode(sequence)
    asked = is_asked(targets)
    assert asked.any()
    assert len(targets) == len(sequence)
    if not task.answer:
        assert asked.tolist() == [True] * (len(sequence) - 1) + [False]
        np.testing.assert_array_equal(targets[:-1], codes[1:])


def test_a_batch_asks_what_the_sequences_in_it_ask(task):
    """``batch`` and ``targets`` are two ways to say it; they say the same."""
    inputs, targets = batch(task)
    assert inputs.shape[:2] == targets.shape[:2]
    for column in range(inputs.shape[1]):
        last = np.flatnonzero(is_asked(targets[:, column]))[-1]
        end = len(inputs) if task.looks_ahead else last + 1
        read = inputs[:end, column]
        if task.symbols:
            sequence = tuple(task.symbols[code] for code in read)
        else:
            scaled = read * task.spread + task.centre
            sequence = tuple(map(tuple, scaled)) if task.channels else tuple(scaled[:, 0])
        wanted = task.targets(sequence)
        same = is_asked(wanted)  # of what comes next the last is not in what was read
        np.testing.assert_allclose(wanted[same], targets[:end, column][same], atol=1e-9)
        assert same.sum() >= is_asked(targets[:end, column]).sum() - (not task.answer)


def test_symbols_are_numbered_in_their_order(task):
    if task.symbols:
        assert len(set(task.symbols)) == len(task.symbols)
        assert task.encode(task.symbols).tolist() == list(range(len(task.symbols)))


@pytest.mark.parametrize("name", ["subject", "subject_zh", "counting", "reber"])
def test_no_example_of_a_grammar_is_ever_trained_on(name):
    task = TASKS[name]
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


def test_knowing_more_costs_less_and_nothing_beats_the_best(task):
    assert all(loss > (task.best or 0.0) for loss in task.knowing().values())


def test_without_a_network_the_score_is_worse_than_the_best_possible(task):
    for watched in (task.score, task.baselines), (task.watch.score, task.watch.baselines):
        score, baselines = watched
        sign = 1 if score.higher_is_better else -1
        if score.optimum is not None:
            assert all(sign * value < sign * score.optimum for value in baselines().values())


def test_a_network_reads_every_example_and_every_batch_and_its_metric_is_a_number(task):
    width = task.recipe.embedding
    network = untrained(task, CELLS["gru"], hidden=4, embedding=width and 3, seed=1)
    for draw in (task.batch, task.held_out):
        inputs, targets = draw(np.random.default_rng(0), 3)
        outputs = network.record(inputs).output
        assert outputs.shape == (len(inputs), 3, task.outputs)
        assert len(targets) == len(inputs)
        assert is_asked(targets).any()
    for sequence in task.examples.values():
        answers = network.predictions(network.read(sequence))[:, 0]
        assert len(task.right(sequence, answers)) == len(sequence)


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not task.measured])
def test_what_is_measured_is_the_metric(name):
    task = TASKS[name]
    network = untrained(task, CELLS["gru"], hidden=4, embedding=task.recipe.embedding and 3)
    found = task.measure(network)
    assert list(found) == [task.score.key]
    assert math.isfinite(found[task.score.key])


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.size])
def test_a_task_with_a_size_is_the_same_task_of_another_size(name):
    task = TASKS[name]
    low, high = task.size.low, task.size.high
    for size in (low, high):
        other = task_of(task.name, size)
        assert (other.name, other.size.value) == (task.name, size)
        assert other is task_of(task.name, size)
        inputs, targets = batch(other, size=2)
        assert is_asked(targets).any()
        assert all(len(inputs) for sequence in other.examples.values() if sequence)
    assert task_of(task.name, task.size.value) is task_of(task.name) is task
    with pytest.raises(ValueError, match=f"from {low} to {high}"):
        task_of(task.name, high + 1)


def test_what_is_no_task_and_what_has_no_size_is_refused():
    with pytest.raises(ValueError, match="There is no task 'juggling'"):
        task_of("juggling")
    with pytest.raises(ValueError, match="no size of its own"):
        task_of("load", 5)


ALWAYS_SEEN = {"anbn", "anbncn"}  # there are ten strings, and all are trained on
PARTLY_SEEN = {"reber", "someone"}  # their short sequences are few and common


def test_what_is_held_out_is_not_trained_on_or_it_is_counted_how_much_is(task):
    """Counted among the batches of a training, not believed: a new task is asked as well."""
    examined = task.held_out(np.random.default_rng(1), 48)
    share = share_seen(task.batch, 150, task.recipe.batch, 0, examined)
    if task.name in ALWAYS_SEEN:
        assert share == 1
    elif task.name in PARTLY_SEEN:
        assert 0.2 < share < 1
    else:
        assert share == 0


@pytest.mark.parametrize(("name", "size"), [("copying", 1), ("order", 10), ("parity", 5)])
def test_a_task_of_few_sequences_keeps_some_of_them_apart(name, size):
    found = task_of(name, size)
    examined = found.held_out(np.random.default_rng(1), 200)
    assert share_seen(found.batch, 200, 32, 0, examined) == 0
    assert share_seen(found.held_out, 200, 32, 0, examined) > 0  # it could be seen


def test_a_sequence_that_was_trained_on_is_found_again_and_said():
    found = task_of("copying")
    inputs, targets = found.batch(np.random.default_rng(0), 32)
    strange = found.held_out(np.random.default_rng(1), 32)
    both = (np.hstack([inputs, strange[0]]), np.hstack([targets, strange[1]]))
    assert share_seen(found.batch, 1, 32, 0, both) == 0.5
    assert share_said(0.5, 64).startswith("Of the 64 sequences it is examined on 50% were")
    assert share_said(1.0, 64).startswith("All of the 64")
    assert share_said(0.0, 64).startswith("None of the 64")

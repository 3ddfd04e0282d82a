"""A little training, seconds long: that it learns, that it repeats itself, and what it reports."""

import sys
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks import network as networks
from lstm_viz.networks.network import from_bytes, load, untrained
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.task import Recipe
from lstm_viz.training import ship as training
from lstm_viz.training.learner import emphasis
from lstm_viz.training.ship import SHIPPED_CELLS, again, best_of, report, train

COUNTING = TASKS["counting"]
SHORT = Recipe(hidden=4, embedding=3, steps=60, learning_rate=0.02)


def short(task, **changes):
    """The task, measured on nothing: only the training is tried here."""
    return replace(task, measured=lambda network: {task.score.key: 0.5}, **changes)


def losses(task, cell="lstm", recipe=SHORT):
    found = []
    network = train(short(task), CELLS[cell], recipe, lambda step, loss: found.append(loss))
    return network, found


@pytest.mark.parametrize("cell", SHIPPED_CELLS)
def test_every_shipped_cell_learns(cell):
    _, found = losses(COUNTING, cell)
    assert len(found) == SHORT.steps
    assert np.mean(found[-10:]) < 0.7 * found[0]


@pytest.mark.parametrize("task", ["subject", "reber", "load"])
def test_words_letters_and_numbers_are_learnt_from(task):
    recipe = replace(TASKS[task].recipe, hidden=8, steps=40, emphasis=1)
    _, found = losses(TASKS[task], recipe=recipe)
    assert np.mean(found[-5:]) < 0.9 * found[0]


def test_the_same_recipe_makes_the_same_network():
    first, second = (losses(COUNTING)[0].arrays() for _ in range(2))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_another_seed_makes_another_network():
    first, second = losses(COUNTING)[0], losses(COUNTING, recipe=replace(SHORT, seed=1))[0]
    assert not np.allclose(first.arrays()["head.weight"], second.arrays()["head.weight"])


def test_every_cell_starts_from_the_same_weights_where_it_has_the_same():
    lstm, peephole = (
        training._start(COUNTING, CELLS[cell], SHORT).arrays() for cell in ("lstm", "peephole")
    )
    for name, array in lstm.items():
        np.testing.assert_array_equal(array, peephole[name])


def test_a_network_remembers_its_recipe_and_what_was_measured():
    network, _ = losses(COUNTING)
    again_from_file = from_bytes(network.to_bytes())
    assert again_from_file.training == asdict(SHORT)
    assert again_from_file.metrics == {"counts_to": 0.5}


def test_training_can_be_stopped_and_leaves_torch_as_it_was():
    class Enough(Exception):
        pass

    def watch(step, loss):
        if step == 3:
            raise Enough

    with pytest.raises(Enough):
        train(short(COUNTING), CELLS["lstm"], SHORT, watch)
    assert (torch.tensor(1e-40) * torch.tensor(1.0)).item() > 0  # tiny numbers count again


def test_a_training_whose_loss_is_no_number_any_more_says_so():
    cell = Cell("a = exp(9 * c_prev + W_a @ x)\nc = c_prev + a\nh = tanh(c)")
    with pytest.raises(FloatingPointError, match=r"After \d+ steps"):
        train(short(COUNTING), cell, SHORT)


def test_a_price_on_h_makes_it_quieter():
    loud, _ = losses(COUNTING)
    quiet, _ = losses(COUNTING, recipe=replace(SHORT, penalty=3.0))
    sequence = COUNTING.examples["Five, then three"]
    sizes = [np.abs(network.read(sequence)[0]["h"]).mean() for network in (loud, quiet)]
    assert sizes[1] < 0.5 * sizes[0]


def test_what_is_emphasised_at_first_counts_like_all_else_at_last():
    task = TASKS["subject"]
    recipe = replace(task.recipe, emphasis=31.0, steps=300)
    at_first, later, last = (emphasis(task, recipe, step) for step in (0, 100, 200))
    she = task.numbers["she"]
    assert at_first[she] == 31
    assert later[she] == 16
    assert at_first.sum() == len(task.symbols) + 2 * 30
    assert last is None


def test_the_best_of_some_seeds_is_the_one_that_the_task_prefers():
    validated, tested = iter([3.0, 7.0, 5.0]), iter([9.0, 6.0, 2.0])
    task = replace(
        COUNTING,
        recipe=replace(SHORT, steps=1),
        measured=lambda network: {"counts_to": next(tested)},
        validated=lambda network: {"counts_to": next(validated)},
    )
    network = best_of(task, CELLS["lstm"], 3)
    assert network.metrics == {"counts_to": 6.0}  # on other sequences than it was chosen by
    assert network.training["seed"] == 1
    assert network.training["of_seeds"] == [3.0, 7.0, 5.0]


def test_a_lower_loss_is_better_and_a_higher_count_is():
    assert TASKS["reber"].preferred({"nats_per_symbol": 0.44}) > TASKS["reber"].preferred(
        {"nats_per_symbol": 0.5}
    )
    assert COUNTING.preferred({"counts_to": 12}) > COUNTING.preferred({"counts_to": 11})


def test_of_networks_that_are_always_right_the_lasting_and_clear_one_is_preferred():
    def metrics(accuracy, kept_at_new, beyond=1.0):
        seen = {"unit": 0, "explained": 1.0, "kept_between": 0.97, "kept_at_new": kept_at_new}
        right = {"pronoun_accuracy": accuracy, "accuracy_beyond": beyond}
        return right | {"memory_of_the_subject": seen}

    task = TASKS["subject"]
    assert task.preferred(metrics(0.997, 0.02)) > task.preferred(metrics(1.0, 0.5))
    assert task.preferred(metrics(1.0, 0.9)) > task.preferred(metrics(0.7, 0.0))
    assert task.preferred(metrics(1.0, 0.1)) > task.preferred(metrics(1.0, 0.0, beyond=0.6))


def test_a_network_is_made_again_by_the_recipe_in_its_file(monkeypatch):
    shipped = replace(
        untrained(COUNTING, CELLS["lstm"], hidden=2, embedding=2),
        training=asdict(replace(SHORT, hidden=2, embedding=2, steps=2, seed=5)) | {"of_seeds": [1]},
    )
    monkeypatch.setattr(networks, "load", lambda task, cell: shipped)
    network = again(short(COUNTING), CELLS["lstm"])
    assert network.training == shipped.training
    assert network.hidden == 2


def test_the_report_has_the_metric_its_baselines_and_the_distance_to_what_is_shipped():
    shipped = load("subject", "lstm")
    line = report(shipped, 12.3)
    assert line.startswith("subject lstm: pronouns right ")
    for part in ("a coin 50.0%", "the last person named", "12 s", "at most 0 from the shipped"):
        assert part in line
    moved = shipped.arrays() | {"head.bias": shipped.head_bias + 0.25}
    assert "at most 0.25 from the shipped" in report(shipped.with_arrays(moved), 0)


def test_the_command_trains_one_network_and_writes_only_when_told(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(training, "TRAINED", tmp_path)
    monkeypatch.setattr(training, "again", lambda task, cell: load(task.name, cell.name))
    monkeypatch.setattr(sys, "argv", ["training", "subject", "lstm"])
    training.main()
    assert "pronouns right" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(sys, "argv", ["training", "subject", "lstm", "--write"])
    training.main()
    (written,) = tmp_path.iterdir()
    stored = from_bytes(written.read_bytes()).metrics
    assert stored["pronoun_accuracy"] == load("subject", "lstm").metrics["pronoun_accuracy"]
    assert stored["share_seen"] == 0
    assert set(stored["baselines"]) == {"a coin", "the last person named"}


@pytest.mark.parametrize("words", [[], ["chess"], ["subject", "brain"]])
def test_the_command_says_what_it_needs(words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["training", *words])
    with pytest.raises(SystemExit):
        training.main()
    assert "usage" in capsys.readouterr().err

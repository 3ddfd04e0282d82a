"""A trial: it learns as torch would, repeats itself to the last digit, and is judged fairly."""

import json
import math
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from lstm_viz.cells import CELLS
from lstm_viz.networks.torch.layer import CellLayer, RecurrentNet
from lstm_viz.study.learner import Learner, mean_loss, trained
from lstm_viz.study.material import material
from lstm_viz.study.space import CHRONO, SPACE, Between, draw
from lstm_viz.study.trial import Budget, Trial, beginning, run, taught, units_of

ROOT = Path(__file__).resolve().parents[2]
TINY = Budget(steps=12, batch=4, look_every=3)
DRAW = replace(draw(0), units=5, learning_rate=0.02)
STUDIED = [("adding", 10), ("copying", 3), ("order", 10), ("parity", 14), ("echo", 2)]


def trial(cell="lstm", task="adding", size=10, alike="units", drawn=DRAW):
    return Trial(cell, task, size, alike, drawn)


def by_torch(start, found, columns, steps, rate, clip):
    """The loss before every step, and the parameters after all: autograd and torch's own Adam."""
    net = RecurrentNet(start)
    if net.embedding is not None:
        net.embedding.requires_grad_(False)
    optimiser = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=rate)
    part, losses = found.train.of(columns), []
    for _step in range(steps):
        optimiser.zero_grad()
        h = net.layers["layer0"].signals(torch.tensor(part.x).double(), ["h"])["h"]
        answers, targets = net.answer(h[part.asked]), torch.tensor(part.targets)
        if targets.is_floating_point():
            loss = functional.mse_loss(answers, targets)
        else:
            loss = functional.cross_entropy(
                answers.flatten(0, 1), targets.flatten(), ignore_index=-1
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in net.parameters() if p.requires_grad], clip)
        optimiser.step()
        losses.append(loss.item())
    return losses, net.to_network().arrays()


@pytest.mark.parametrize("cell", ["peephole", "gru", "fgr", "slstm", "mingru", "rnn"])
@pytest.mark.parametrize(("task", "size"), [("adding", 10), ("order", 10)])
def test_it_learns_what_autograd_and_torchs_adam_learn(cell, task, size):
    start, found = beginning(trial(cell, task, size)), material(task, size)
    learner, columns, losses = Learner(start, 8, 0.1, "float64"), np.arange(8), []
    for _step in range(5):
        losses.append(learner.gradient(found.train.of(columns))[0])
        assert learner.learn(found.train.of(columns), 0.05)
    judged, weights = by_torch(start, found, columns, 5, 0.05, 0.1)
    np.testing.assert_allclose(losses, judged, rtol=1e-10)
    ours = trained(start, learner.weights).arrays()
    for name, theirs in weights.items():
        np.testing.assert_allclose(ours[name], theirs, atol=1e-9, err_msg=name)


@pytest.mark.parametrize(("task", "size"), STUDIED)
def test_what_is_tested_is_what_the_networks_own_run_answers(task, size):
    row, network = taught(trial(task=task, size=size), TINY)
    found = material(task, size)
    outputs = network.record(found.inputs).output[found.test.asked]
    assert row.test_loss == pytest.approx(mean_loss(outputs, found.test.targets), rel=1e-4)
    assert row.parameters == sum(a.size for n, a in network.arrays().items() if n != "embedding")
    h = torch.tensor(found.test.x).double()
    judged = CellLayer(network.cell, network.layers[0, "forward"][1], row.units).judged(h)
    answers = judged @ torch.tensor(network.head_weight).T + torch.tensor(network.head_bias)
    np.testing.assert_allclose(answers.detach().numpy()[found.test.asked], outputs, atol=1e-6)


PROGRAM = """
import json, sys
from dataclasses import asdict
from lstm_viz.study.space import Draw
from lstm_viz.study.trial import Budget, Trial, run
found = json.load(sys.stdin)
row = run(Trial(**found["trial"] | {"draw": Draw(**found["draw"])}), Budget(**found["budget"]))
print(json.dumps(asdict(row)))
assert "torch" not in sys.modules
"""


def test_another_process_finds_the_same_numbers_and_needs_no_torch():
    asked = trial("gru", "order", 10)
    given = {"trial": vars(asked) | {"draw": None}, "draw": vars(DRAW), "budget": vars(TINY)}
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(given), capture_output=True, text=True,
        check=True, cwd=ROOT,
    )  # fmt: skip
    found, here = json.loads(there.stdout), json.loads(json.dumps(asdict(run(asked, TINY))))
    for row in (found, here):
        del row["seconds"]
    assert found == here


def test_the_weights_that_are_tested_are_those_of_the_lowest_validation_loss():
    row = run(trial(drawn=replace(DRAW, learning_rate=0.1)), replace(TINY, steps=60))
    best = int(np.argmin(row.validation))
    assert row.validation_loss == min(row.validation)
    assert row.best_step == best * TINY.look_every
    assert run(trial(drawn=replace(DRAW, learning_rate=0.1)), TINY).test_loss > 0


def test_a_training_that_no_longer_gets_better_stops():
    idle = replace(DRAW, learning_rate=0.0)
    row = run(trial(drawn=idle), replace(TINY, steps=300, patience=4))
    assert (row.steps, row.best_step, len(row.validation)) == (12, 0, 5)


def test_a_training_that_diverges_is_a_result():
    wild = replace(DRAW, learning_rate=1e300, clip=1e300)
    row = run(trial("mingru", drawn=wild), replace(TINY, steps=30))
    assert row.diverged
    assert row.steps < 30
    assert math.isfinite(row.test_loss)


def test_a_cap_in_seconds_is_told_and_the_numbers_until_then_stay_the_same():
    row, whole = run(trial(), replace(TINY, seconds=0.0)), run(trial(), TINY)
    assert row.capped
    assert not whole.capped
    assert row.validation == whole.validation[: len(row.validation)]


@pytest.mark.parametrize(("task", "size"), STUDIED)
def test_no_sequence_that_judges_is_trained_on_and_none_judges_twice(task, size):
    found = material(task, size)
    seen = [
        {part.x[:, k].tobytes() for k in range(part.count)}
        for part in (found.train, found.validation, found.test)
    ]
    assert len(seen[1]) == found.validation.count
    assert len(seen[2]) == found.test.count
    assert not seen[0] & seen[1] | seen[0] & seen[2] | seen[1] & seen[2]


def test_a_task_of_few_sequences_is_refused_in_words():
    with pytest.raises(ValueError, match="too few different sequences"):
        material("anbn", 5)


def test_every_cell_has_the_same_draws_and_shares_its_starting_weights():
    lstm, peephole = (beginning(trial(cell)).arrays() for cell in ("lstm", "peephole"))
    for name, array in lstm.items():
        np.testing.assert_array_equal(array, peephole[name])


def test_the_draws_are_log_uniform_where_they_should_be_and_longer_studies_begin_alike():
    draws = [draw(number) for number in range(600)]
    assert draws[:3] == [draw(0), draw(1), draw(2)]
    assert draw(0, 1) != draw(0, 0)
    for name, kind in SPACE.items():
        values = [one.values[name] for one in draws]
        if not isinstance(kind, Between):
            counts = [values.count(each) for each in kind.values]
            assert min(counts) > 0.8 * 600 / len(counts)
            continue
        numbers, scale = np.array(values, float), np.log if kind.log else np.asarray
        assert kind.low <= numbers.min() <= numbers.max() <= kind.high
        low, high = scale(kind.low), scale(kind.high)
        share = (np.sort(scale(numbers)) - low) / (high - low)
        # Kolmogorov's distance from the uniform distribution, 1.95 / sqrt(n) for one in a thousand;
        # whole numbers are as far from it as the first is wide.
        room = 0.1 if kind.whole else 0.0
        assert np.abs(share - (np.arange(600) + 0.5) / 600).max() < 1.95 / math.sqrt(600) + room


def test_at_equal_parameters_every_cell_has_about_as_many_as_the_peephole_lstm():
    drawn = replace(DRAW, units=12)
    reference = beginning(trial("peephole", drawn=drawn)).count
    for cell in CELLS:
        alike = trial(cell, alike="parameters", drawn=drawn)
        network = beginning(alike)
        assert network.hidden == units_of(alike)
        assert abs(math.log(network.count / reference)) < 0.12, cell
    assert units_of(trial("fgr", alike="parameters", drawn=drawn)) < 12
    assert units_of(trial("rnn", alike="parameters", drawn=drawn)) > 20


def test_a_chrono_start_remembers_as_long_as_the_lag_and_keeps_the_drawn_matrices():
    drawn = replace(DRAW, forget_bias=CHRONO, initialisation="orthogonal", units=24)
    weights = beginning(trial("lstm", "order", 50, drawn=drawn)).layers[0, "forward"][1]
    lag = material("order", 50).task.lag
    kept = 1 / (1 + np.exp(-weights["b_f"]))
    assert (1 / (1 - kept)).max() <= lag
    np.testing.assert_allclose(weights["b_i"], -weights["b_f"])
    np.testing.assert_allclose(weights["U_f"] @ weights["U_f"].T, np.eye(24), atol=1e-12)

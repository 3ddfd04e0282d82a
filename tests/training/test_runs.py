"""A run follows from its settings, whatever happens to it on the way."""

import json
import shutil
from dataclasses import dataclass, field, replace
from importlib import resources

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from lstm_viz.cells import CELLS
from lstm_viz.networks.torch.layer import CellLayer
from lstm_viz.run.run import run
from lstm_viz.tasks import task_of
from lstm_viz.training.run_folder import (
    _NETWORKS,
    CHECKPOINT,
    RECORD,
    SNAPSHOTS,
    Record,
    Run,
    beginning,
    exported,
    open_run,
    origin,
    words_of,
)
from lstm_viz.training.settings import checked_settings, recipe_of, task_in, usual
from lstm_viz.training.ship import train
from lstm_viz.training.snapshots import MOST, examinations, snapshots
from lstm_viz.training.worker import work

OWN = "c = 0.9 * c_prev + tanh(W_c @ x + U_c @ h_prev)\nh = tanh(c)"


def small(task="adding", cell="lstm", **changes):
    settings = usual(task, cell) | {"steps": 40, "batch": 8}
    if not str(changes.get("start")).startswith("trained"):
        settings["hidden"] = 6
    if task == "adding":
        settings["size"] = 12
    return checked_settings(settings | changes)


def never() -> bool:
    return False


def after(looks):
    """Says stop after so many looks."""
    left = iter(range(looks))
    return lambda: next(left, None) is None


def completed(folder, settings):
    folder.mkdir(exist_ok=True)
    assert work(settings, folder, never)
    return Complete(**vars(open_run(folder, settings)))


@dataclass(frozen=True, eq=False)
class Complete(Run):
    """A run that has a record."""

    record: Record = field(default=None)  # type: ignore[assignment]


def weights(run, step=None):
    return run.network(run.kept[-1] if step is None else step).arrays()


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop", "sgd"])
@pytest.mark.parametrize("cell", ["lstm", "peephole", OWN])
def test_the_seed_reproduces_a_run_bit_for_bit(tmp_path, cell, optimiser):
    settings = small(cell=cell, optimiser=optimiser)
    first, second = (completed(tmp_path / name, settings) for name in "ab")
    assert np.array_equal(first.record.loss, second.record.loss)
    assert np.array_equal(first.record.metric, second.record.metric)
    assert same(weights(first), weights(second))
    other = completed(tmp_path / "c", settings | {"seed": 1})
    assert not np.array_equal(first.record.loss, other.record.loss)


def test_a_typed_cell_learns_what_autograd_would_have_taught_it(tmp_path):
    """Three steps of plain gradient descent, with gradients of torch's own in float64."""
    text = CELLS["lstm"].text.replace("o * tanh(c)", "o * c")
    settings = small(cell=text, optimiser="sgd", clip=None, steps=10)
    found = completed(tmp_path, settings)
    start, task = beginning(settings), task_in(settings)
    layer = CellLayer(start.cell, start.layers[0, "forward"][1], start.hidden)
    assert layer.kind is None, "torch has no such module"
    head = [torch.tensor(a, requires_grad=True) for a in (start.head_weight, start.head_bias)]
    learnt = [*layer.weights.values(), *head]
    speed = [torch.zeros_like(weight) for weight in learnt]
    rng, losses = np.random.default_rng(settings["seed"]), []
    for step in range(10):
        inputs, targets = task.batch(rng, settings["batch"])
        h = layer.signals(torch.tensor(inputs), ["h"])["h"]
        wanted = torch.tensor(targets)
        loss = ((h @ head[0].T + head[1] - wanted)[~torch.isnan(wanted)] ** 2).mean()
        rate = settings["learning_rate"] * 0.1 ** (step / 10)
        slopes = torch.autograd.grad(loss, learnt)
        with torch.no_grad():
            for weight, slope, moving in zip(learnt, slopes, speed, strict=True):
                moving.mul_(0.9).add_(slope)
                weight.sub_(rate * moving)
        losses.append(loss.item())
    assert np.allclose(found.record.loss, losses, rtol=1e-4)
    last = {f"layer0.{name}": w.detach().numpy() for name, w in layer.weights.items()}
    assert all(np.allclose(weights(found)[name], last[name], atol=1e-5) for name in last)


@pytest.mark.parametrize(
    "text",
    [
        "a = exp(9 * c_prev + W_a @ x)\nc = c_prev + a\nh = tanh(c)",
        "h = tanh(W_h @ x) / (b_h - b_h)",
        "h = log(W_h @ x)",
    ],
)
def test_a_typed_cell_that_overflows_or_divides_by_zero_ends_in_words_not_in_a_failure(
    tmp_path, text
):
    found = completed(tmp_path, small(cell=text))
    assert found.record.diverged is not None


def test_a_weight_that_no_answer_depends_on_stays_as_it_is(tmp_path):
    settings = small(cell="a = tanh(W_a @ x)\nh = tanh(W_h @ x)")
    found = completed(tmp_path, settings)
    assert found.record.diverged is None
    assert np.array_equal(weights(found)["layer0.W_a"], weights(found, 0)["layer0.W_a"])
    assert not np.array_equal(weights(found)["layer0.W_h"], weights(found, 0)["layer0.W_h"])


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop", "sgd"])
def test_a_run_that_was_stopped_twice_ends_as_if_it_never_had_been(tmp_path, optimiser):
    settings = small(cell="peephole", optimiser=optimiser)
    whole = completed(tmp_path / "whole", settings)
    folder = tmp_path / "pieces"
    folder.mkdir()
    assert not work(settings, folder, after(7))
    assert Complete(**vars(open_run(folder, settings))).record.done == 7
    assert not work(settings, folder, after(20))
    assert work(settings, folder, never)
    pieces = Complete(**vars(open_run(folder, settings)))
    assert np.array_equal(pieces.record.loss, whole.record.loss)
    assert np.array_equal(pieces.record.validation, whole.record.validation)
    assert same(weights(pieces), weights(whole))
    assert pieces.kept == whole.kept


def test_a_damaged_checkpoint_means_beginning_again_not_failing(tmp_path):
    settings = small()
    whole = completed(tmp_path / "whole", settings)
    folder = tmp_path / "pieces"
    folder.mkdir()
    work(settings, folder, after(7))
    (folder / CHECKPOINT).write_bytes((folder / CHECKPOINT).read_bytes()[:-50])
    assert work(settings, folder, never)
    assert same(weights(open_run(folder, settings)), weights(whole))


def test_the_first_snapshot_is_the_starting_weights_and_the_last_the_trained_ones(tmp_path):
    settings = small()
    found = completed(tmp_path, settings)
    assert found.kept[0] == 0
    assert found.kept[-1] == settings["steps"]
    start = {name: a.astype(np.float32) for name, a in beginning(settings).arrays().items()}
    assert same(start, weights(found, 0))
    assert found.record.at.tolist() == list(examinations(settings["steps"]))
    assert found.record.done == settings["steps"]


@pytest.mark.parametrize("cell", ["lstm", "peephole", CELLS["lstm"].with_("f = 1").text])
def test_who_goes_on_from_a_trained_network_begins_with_what_it_says(tmp_path, cell):
    settings = small("counting", cell, start="trained lstm", steps=10)
    found = completed(tmp_path, settings)
    file = resources.files("lstm_viz.networks") / "trained" / "counting-lstm.safetensors"
    trained, first = load(file.read_bytes()), weights(found, 0)
    edited = origin(settings)
    assert edited is not None
    assert {*edited.kept, *edited.fresh} == set(found.network(0).cell.weight_names)
    kept = ["embedding", "head.weight", "head.bias", *(f"layer0.{name}" for name in edited.kept)]
    assert same({name: trained[name] for name in kept}, first)
    assert set(first) - set(kept) == {f"layer0.{name}" for name in edited.fresh}
    assert not same(first, weights(found))


def test_the_trained_network_itself_begins_with_the_metric_it_is_shipped_with(tmp_path):
    settings = small("reber", start="trained lstm", steps=10)
    found = completed(tmp_path, settings)
    assert found.record.metric[0] == 1.0, "the letter is remembered before the first step"
    assert found.record.validation[0] < 1.05 * (task_of("reber").best or 0.0)


def test_it_is_the_same_training_as_the_shipped_networks_had(tmp_path):
    settings = small("reber", "peephole", start="forget", forget_bias=1.0)
    found = completed(tmp_path, settings)
    task = task_in(settings)
    recipe = replace(recipe_of(settings, task), clip=settings["clip"])
    theirs = train(task, CELLS["peephole"], recipe).arrays()
    assert same(weights(found), {name: a.astype(np.float32) for name, a in theirs.items()})


def test_a_loss_that_is_no_number_ends_the_run_with_the_last_good_snapshot(tmp_path):
    # The squared memory of "noaf" without clipping, at a rate beyond reason.
    settings = small(cell="noaf", optimiser="sgd", learning_rate=10.0, clip=None, steps=400)
    found = completed(tmp_path, settings)
    assert found.record.diverged is not None
    assert found.record.done == found.record.diverged.step < 400
    assert np.isfinite(found.record.loss).all()
    assert found.kept
    assert max(found.kept) <= found.record.done
    assert all(np.isfinite(array).all() for array in weights(found).values())


def test_damaged_files_are_named_and_left_out(tmp_path):
    settings = small()
    found = completed(tmp_path, settings)
    victim = tmp_path / SNAPSHOTS / f"{found.kept[3]:06d}.safetensors"
    victim.write_bytes(victim.read_bytes()[:100])
    (tmp_path / SNAPSHOTS / "notes.txt").write_text("not ours")
    again = open_run(tmp_path, settings)
    assert again.damaged == (f"{SNAPSHOTS}/{victim.name}",)
    assert again.kept == tuple(step for step in found.kept if step != found.kept[3])
    with pytest.raises(ValueError, match="No weights were kept"):
        again.network(found.kept[3])
    (tmp_path / RECORD).write_bytes(b"nothing of the kind")
    last = open_run(tmp_path, settings)
    assert last.record is None
    assert RECORD in last.damaged
    assert last.kept == again.kept


def test_what_was_read_of_a_run_stays_whole_when_the_run_is_begun_again(tmp_path):
    found = completed(tmp_path / "run", small())
    before = {step: found.network(step).arrays() for step in found.kept[:2]}
    shutil.rmtree(tmp_path / "run")
    _NETWORKS.clear()
    assert all(same(weights(found, step), before[step]) for step in before)
    assert len(weights(found)) == len(weights(found, 0))
    again = open_run(tmp_path / "run", found.settings)
    with pytest.raises(ValueError, match="No weights were kept"):
        again.network(0)


def test_weights_of_another_network_are_refused(tmp_path):
    settings = small()
    found = completed(tmp_path, settings)
    mistaken = open_run(tmp_path, checked_settings(settings | {"hidden": 7}))
    with pytest.raises(ValueError, match="another network"):
        mistaken.network(found.kept[-1])


def test_nothing_is_there_before_anything_was_done(tmp_path):
    empty = open_run(tmp_path / "none", small())
    assert (empty.record, empty.kept, empty.damaged) == (None, (), ())


@pytest.mark.parametrize("cell", ["peephole", OWN])
def test_the_export_can_be_read_with_nothing_but_numpy_and_its_own_words(tmp_path, cell):
    settings = small("adding", cell)
    found = completed(tmp_path, settings)
    data = exported(found, settings["steps"])
    arrays, words = load(data), words_of(data)
    # Whoever reads it needs the equations: any implementation of them will do.
    from lstm_viz.cells import Cell

    equations = Cell(words["cell"])
    x = task_of("adding", 12).batch(np.random.default_rng(3), 2)[0]
    layer = {name: arrays[f"layer0.{name}"].astype(float) for name in equations.weight_names}
    answer = run(equations, layer, x).h @ arrays["head.weight"].T + arrays["head.bias"]
    assert np.allclose(answer, found.network(settings["steps"]).record(x).output, atol=1e-12)
    assert json.loads(words["settings"])["seed"] == settings["seed"]
    assert "material" not in json.loads(words["settings"])


@pytest.mark.parametrize("steps", [10, 1500, 20_000])
def test_moments_are_kept_more_often_at_first(steps):
    kept = snapshots(steps)
    assert kept[0] == 0
    assert kept[1] == 1
    assert kept[-1] == steps
    gaps = np.diff(kept)
    assert gaps[-1] == max(gaps)
    assert len(kept) <= MOST + 1
    assert set(kept) <= set(examinations(steps))

"""The networks that come with the app can do what the pages say they can."""

import math
import sysconfig
from dataclasses import fields
from importlib import resources

import numpy as np
import pytest

from lstm_viz.networks.network import file_name, load, shipped
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.counting import TRAINED_TO
from lstm_viz.tasks.power_load import YESTERDAY
from lstm_viz.tasks.python import UNIGRAM
from lstm_viz.tasks.task import Recipe
from lstm_viz.training.ship import SHIPPED_CELLS
from lstm_viz.words.scores import learnt, starts_caption

SHIPPED = [name for name, task in TASKS.items() if task.ships]


@pytest.fixture(scope="module")
def measured():
    """What the shipped LSTMs score now, measured when first asked for."""
    found = {}

    def of(task):
        if task not in found:
            found[task] = TASKS[task].measure(load(task, "lstm"))
        return found[task]

    return of


@pytest.mark.parametrize("task", ["subject", "subject_zh"])
def test_the_lstm_knows_who_the_sentence_is_about(task, measured):
    """After one or more replaced subjects, with up to twelve words between."""
    assert measured(task)["pronoun_accuracy"] >= 0.99
    by_distance = {far: right for far, right, _ in measured(task)["accuracy_by_distance"]}
    assert set(range(2, 13)) <= set(by_distance)
    assert min(right for far, right in by_distance.items() if far <= 12) >= 0.97


@pytest.mark.parametrize("task", ["subject", "subject_zh"])
def test_one_unit_of_the_lstm_holds_the_subject_and_drops_it_at_the_new_one(task, measured):
    seen = measured(task)["memory_of_the_subject"]
    assert seen["tells"] > 0.95
    assert seen["kept_between"] > 0.85
    assert seen["kept_at_new"] < 0.1


@pytest.mark.parametrize("task", ["subject", "subject_zh"])
def test_in_the_first_example_the_gate_falls_where_the_new_subject_is_named(task, measured):
    network = load(task, "lstm")
    sequence = next(iter(network.task.examples.values()))
    unit = measured(task)["memory_of_the_subject"]["unit"]
    forget = network.read(sequence)[0].f[:, 0, unit]
    new = next(place for place, word in enumerate(sequence) if word in ("Tom", "汤姆"))
    assert forget[new] < 0.1
    assert np.median(forget) > 0.9


@pytest.mark.parametrize("task", ["subject", "subject_zh"])
def test_the_lstm_says_the_right_pronoun_in_every_example(task):
    network = load(task, "lstm")
    for sequence in network.task.examples.values():
        answers = network.task.right(sequence, network.predictions(network.read(sequence))[:, 0])
        assert True in answers
        assert False not in answers


def test_the_lstm_counts_every_n_it_was_trained_on_and_some_beyond(measured):
    assert all(measured("counting")["counted"][:TRAINED_TO])
    assert measured("counting")["counted_third"] == 1  # after two other strings, never trained on
    assert measured("counting")["counts_to"] > TRAINED_TO


def test_the_lstm_carries_the_reber_letter_across(measured):
    found = measured("reber")
    assert found["nats_per_symbol"] <= 0.46
    assert found["optimum"] == pytest.approx(TASKS["reber"].score.optimum, abs=0.004)
    # On the long strings, none of which it was trained on, it is as close to the best possible.
    assert found["nats_per_symbol_never_seen"] - found["optimum_never_seen"] <= 0.46 - 0.441
    assert found["remembered_letter_right"] > 0.99


def test_the_lstm_forecasts_better_than_yesterday_and_than_the_last_hour(measured):
    baselines = TASKS["load"].baselines()
    assert measured("load")["squared_error"] <= 0.7 * baselines[YESTERDAY]
    assert measured("load")["squared_error"] <= 0.7 * min(baselines.values())


def test_the_lstm_knows_a_bit_more_about_python_than_how_often_each_character_is_used(measured):
    baselines = TASKS["python"].baselines()
    assert measured("python")["bits_per_character"] <= baselines[UNIGRAM] - 1
    assert measured("python")["bits_per_character"] < min(baselines.values())


def test_what_a_file_says_about_its_network_is_what_is_measured(measured):
    for task in SHIPPED:
        stored = load(task, "lstm").metrics
        learnt_here = f"Python {sysconfig.get_python_version()}"
        if stored.get("learnt_from", learnt_here) != learnt_here:
            continue  # another Python has another standard library
        found = {**measured(task), "baselines": TASKS[task].baselines()}
        found["share_seen"] = stored["share_seen"]  # see below
        assert stored.keys() == found.keys()
        for key, value in found.items():
            assert_alike(stored[key], value, f"{task} {key}")


def assert_alike(stored, value, where):
    if isinstance(value, dict):
        assert stored.keys() == value.keys(), where
        for key in value:
            assert_alike(stored[key], value[key], f"{where} {key}")
    elif isinstance(value, list | tuple):
        assert len(stored) == len(value), where
        for one, other in zip(stored, value, strict=True):
            assert_alike(one, other, where)
    else:
        assert stored == (pytest.approx(value, rel=1e-4) if isinstance(value, float) else value)


def test_a_task_that_ships_comes_with_every_cell_that_ships():
    assert set(shipped()) == {(task, cell) for task in SHIPPED for cell in SHIPPED_CELLS}
    assert list(dict.fromkeys(task for task, _cell in shipped())) == SHIPPED


@pytest.mark.parametrize(("task", "cell"), shipped())
def test_a_shipped_network_is_small_enough_to_be_seen_and_sent(task, cell):
    size = (resources.files("lstm_viz.networks") / "trained" / file_name(task, cell)).stat().st_size
    assert size < (300_000 if task == "python" else 100_000)
    assert load(task, cell).hidden <= (64 if task == "python" else 16)


@pytest.mark.parametrize(("task", "cell"), shipped())
def test_every_cell_was_trained_by_the_recipe_of_its_task(task, cell):
    network, recipe = load(task, cell), TASKS[task].recipe
    for setting in fields(Recipe):
        if setting.name != "seed":
            assert network.training[setting.name] == getattr(recipe, setting.name), setting.name
    assert len(network.training["of_seeds"]) == len(load(task, "lstm").training["of_seeds"])
    assert network.cell.name == cell


@pytest.mark.parametrize(("task", "cell"), shipped())
def test_no_network_is_worse_than_nothing_or_better_than_the_best_possible(task, cell):
    """A plain RNN that has learnt nothing is at chance, give or take a little."""
    score, found = TASKS[task].score, load(task, cell).metrics[TASKS[task].score.key]
    sign = 1 if score.higher_is_better else -1
    worst = min(sign * value for value in load(task, cell).metrics["baselines"].values())
    assert math.isfinite(found)
    assert sign * found >= worst - 0.03
    optimum = load(task, cell).metrics.get("optimum", score.optimum)
    if optimum is not None:
        assert sign * found <= sign * optimum + 1e-9


@pytest.mark.parametrize("task", SHIPPED)
def test_how_much_of_the_test_was_trained_on_is_counted_and_said(task):
    """Counted anew: what it learnt from is drawn once more from its seed."""
    found = load(task, "lstm")
    share = found.metrics["share_seen"]
    if task.startswith("subject"):  # told apart by the sequence itself, which takes no training
        assert share == 0
    else:
        assert share == TASKS[task].share_seen(found.training["seed"])
    assert (share > 0) is (task == "reber")
    said = starts_caption(learnt(TASKS[task]))
    assert ("None of the sequences of the test" in said) is (share == 0)


def test_the_network_that_ships_was_chosen_by_other_sequences_than_it_is_judged_on():
    for name, cell in shipped():
        network = load(name, cell)
        of_seeds, seed = network.training["of_seeds"], network.training["seed"]
        assert len(of_seeds) > seed
        if cell == "lstm" and name in ("counting", "reber", "load"):
            validated = TASKS[name].validate(network)[TASKS[name].score.key]
            assert validated == pytest.approx(of_seeds[seed], rel=1e-4)
            assert validated != network.metrics[TASKS[name].score.key]

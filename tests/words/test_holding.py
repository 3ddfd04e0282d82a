"""A unit is said to hold something only where it tells it, and where answers depend on it."""

import re

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.held import Span, read_held
from lstm_viz.networks.holding import _drawn, holdings
from lstm_viz.networks.network import load, shipped
from lstm_viz.rounded import percent
from lstm_viz.stage.tokens import read_tokens
from lstm_viz.tasks import TASKS
from lstm_viz.ui.own_cell import own
from lstm_viz.words import scores
from lstm_viz.words.example import example
from lstm_viz.words.holding import look_at_network

SUBJECTS = ("subject", "subject_zh")
GATED = ("lstm", "peephole", "coupled", "gru")
WITH_FACTS = [(task, cell) for task, cell in shipped() if TASKS[task].facts and task != "python"]


def caption(network, sequence):
    recording = network.read(sequence)
    texts = [token.text for token in read_tokens(network, recording, sequence)]
    return look_at_network(network, recording, sequence, texts)


@pytest.mark.parametrize("task", SUBJECTS)
@pytest.mark.parametrize("cell", GATED)
def test_the_unit_that_holds_the_subject_decides_the_pronoun(task, cell):
    """Judged by running the network anew, held at what it was before the new subject."""
    network = load(task, cell)
    sequence = next(iter(network.task.examples.values()))
    (held,) = holdings(network)
    assert held.is_held
    trace = network.read(sequence)[0]
    (change,) = held.fact.changes(sequence)
    memory = str(network.cell.memory)
    was = float(trace[memory][change.first - 1, 0, held.unit])
    after = read_held(
        network,
        network.inputs(sequence),
        [Span(memory, change.first, change.last, was, held.unit)],
    )
    known = network.task.right(sequence, network.predictions(network.read(sequence))[:, 0])
    told = network.task.right(sequence, network.predictions(after)[:, 0])
    asked = [t for t in range(change.last, change.end) if known[t] is not None]
    assert all(known[t] for t in asked)
    assert told[asked[0]] is False


@pytest.mark.parametrize(("task", "cell"), WITH_FACTS)
def test_every_caption_of_a_network_names_one_unit_and_both_measures(task, cell):
    network = load(task, cell)
    units = set()
    for sequence in network.task.examples.values():
        said = caption(network, sequence)
        units.add(said.unit)
        held = next(one for one in holdings(network) if one.unit == said.unit)
        assert f"{held.turned} of {held.cases} answers wrong" in said.text
        assert said.text.startswith("No unit alone") != held.is_held
        assert re.findall(r"[Uu]nit (\d+)", said.text)[0] == str(said.unit)
    assert len(units) == 1


@pytest.mark.parametrize("task", list(dict(WITH_FACTS)))
def test_what_they_learnt_names_the_unit_of_the_stage(task):
    learnt = scores.learnt(TASKS[task])
    said = scores.caption(TASKS[task], learnt)
    named = re.findall(r"(?:[Uu]nit) (\d+)(?: of ([\w ]+):)?", said)
    assert named
    for unit, title in named:
        scored = (
            next(s for s in learnt.networks if s.title == title) if title else learnt.of("lstm")
        )
        network = load(task, scored.cell.name)
        assert int(unit) == caption(network, next(iter(network.task.examples.values()))).unit


@pytest.mark.parametrize("task", ["subject", "subject_zh", "reber"])
def test_what_is_called_a_balanced_accuracy_is_one(task):
    """Both cases count alike, however often each occurs; read here sequence by sequence."""
    network = load(task, "lstm")
    (held,) = holdings(network)
    values, is_so = [], []
    for sequence in _drawn(network.task):
        of = held.fact.of(sequence)
        memory = network.read(sequence)[0].c[:, 0, held.unit]
        for value, fact in list(zip(memory, of, strict=False))[: len(sequence) - 1]:
            if fact == fact:  # the last symbol is asked for, and not read by the batch
                values.append(value)
                is_so.append(fact > 0)
    yes = [value for value, so in zip(values, is_so, strict=True) if so]
    no = [value for value, so in zip(values, is_so, strict=True) if not so]
    between = (np.median(yes) + np.median(no)) / 2
    right = [sum(value > between for value in yes) / len(yes)]
    right += [sum(value <= between for value in no) / len(no)]
    balanced = max(sum(right) / 2, 1 - sum(right) / 2)
    assert held.tells == pytest.approx(balanced, abs=1e-12)
    said = caption(network, next(iter(network.task.examples.values()))).text
    assert f"a balanced accuracy of {percent(balanced, 1)}" in said


@pytest.mark.parametrize("cell", GATED)
def test_the_page_of_ones_own_cell_looks_at_the_same_unit(cell):
    """What stands there untouched is the shipped network: one choice serves every page."""
    task = TASKS["subject"]
    for sequence in task.examples.values():
        payload = own(CELLS[cell], task, sequence).payload
        assert payload is not None
        said = caption(load("subject", cell), sequence)
        assert payload["caption"] == said.text


def told_by(memory, fact):
    """Pearson's correlation as NumPy has it, or the balanced accuracy from between the medians."""
    values, numbers = np.concatenate(memory), np.concatenate(fact)
    if len(np.unique(numbers)) > 2:
        return abs(np.corrcoef(values, numbers)[0, 1])
    yes, no = values[numbers > 0], values[numbers <= 0]
    between = (np.median(yes) + np.median(no)) / 2
    right = ((yes > between).mean() + (no <= between).mean()) / 2
    return max(right, 1 - right)


@pytest.mark.parametrize(("task", "cell"), WITH_FACTS)
def test_a_unit_that_is_said_to_tell_it_best_does(task, cell):
    """Read here sequence by sequence, and told from the trace alone."""
    network = load(task, cell)
    (held,) = holdings(network)
    read = _drawn(network.task)
    memory = [
        trace[trace.cell.memory or "h"][:, 0] for trace in (network.read(one)[0] for one in read)
    ]
    known = [~np.isnan(held.fact.of(one)) for one in read]
    if network.task.wanted is None:  # the last symbol is asked for, and not read
        for one in known:
            one[-1] = False
    of = [held.fact.of(one)[is_so] for one, is_so in zip(read, known, strict=True)]
    tells = [
        told_by([one[is_so, unit] for one, is_so in zip(memory, known, strict=True)], of)
        for unit in range(network.hidden)
    ]
    assert held.tells == pytest.approx(tells[held.unit], abs=1e-9)
    said = caption(network, next(iter(network.task.examples.values()))).text
    if "best" in said:
        assert tells[held.unit] == pytest.approx(max(tells), abs=1e-9)
    else:
        assert held.is_held


def test_a_unit_that_tells_it_less_and_turns_more_answers_holds_it():
    """Of the two that go with the count, the one that tells it best echoes what the other keeps."""
    network = load("counting", "peephole")
    (held,) = holdings(network)
    assert (held.unit, held.is_held) == (4, True)
    sequence = tuple("aaaaaXbbbbb.")
    memory, known = (
        network.read(sequence)[0].c,
        network.task.right(sequence, network.predictions(network.read(sequence))[:, 0]),
    )
    assert False not in known
    wrong = {}
    for unit in (2, 4):
        kept = [Span("c", 3, 3, float(memory[2, 0, unit]), unit)]
        after = read_held(network, network.inputs(sequence), kept)
        wrong[unit] = False in network.task.right(sequence, network.predictions(after)[:, 0])
    assert wrong == {2: False, 4: True}


def test_a_unit_that_tells_it_and_changes_nothing_is_not_said_to_hold_it():
    (held,) = holdings(load("reber", "lstm"))
    assert not held.is_held
    assert held.turned < held.cases / 2


@pytest.mark.parametrize("task", SUBJECTS)
@pytest.mark.parametrize("cell", GATED)
def test_the_example_of_what_if_flips_a_pronoun_in_every_sequence(task, cell):
    network = load(task, cell)
    pronouns = ("she", "he") if task == "subject" else ("她", "他")
    for sequence in network.task.examples.values():
        found = example(network, sequence, 0)
        assert found is not None
        assert found.answer is not None
        step, was, now = found.answer
        assert {was, now} == set(pronouns)
        after = read_held(network, network.inputs(sequence), found.spans)
        symbols = network.task.symbols or ()
        assert symbols[network.predictions(after)[step, 0].argmax()] == now
        assert sequence[step + 1] == was


def test_where_nothing_that_is_tried_changes_an_answer_nothing_is_offered():
    network = load("subject", "rnn")
    assert example(network, next(iter(network.task.examples.values())), 0) is None


def test_the_example_for_numbers_is_the_one_that_moves_the_forecast_most():
    network = load("load", "lstm")
    sequence = next(iter(network.task.examples.values()))
    found = example(network, sequence, 0)
    assert found is not None
    before = network.predictions(network.read(sequence))
    moved = np.abs(
        network.predictions(read_held(network, network.inputs(sequence), found.spans)) - before
    ).max()
    other = [Span(s.signal, 3, 3, s.value) for s in found.spans]
    less = network.predictions(read_held(network, network.inputs(sequence), other)) - before
    assert moved >= np.abs(less).max() > 0

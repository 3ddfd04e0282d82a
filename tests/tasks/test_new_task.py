"""A task that no registry has gets everything from one object and its line in the registry.

Brackets of two kinds that must match: of the two that could close, only the stack knows which.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.cells import CELLS
from lstm_viz.figures import scores as score_figures
from lstm_viz.figures.learning import learning_figure
from lstm_viz.gradients.backward import backprop
from lstm_viz.gradients.connectivity import connectivity
from lstm_viz.gradients.decay import curve
from lstm_viz.gradients.losses import answer_loss, last_answer, prediction_loss
from lstm_viz.networks.network import Network, from_bytes
from lstm_viz.notation.program import numpy_program
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.tokens import read_series, read_tokens
from lstm_viz.tasks import TASKS, task_of
from lstm_viz.tasks.chart import Curves
from lstm_viz.tasks.score import Learnt, Score, seeds
from lstm_viz.tasks.task import Batch, Examined, Reads, Recipe, Sequence, Task
from lstm_viz.tasks.typed import letters
from lstm_viz.training.run_folder import Run, exported, open_run
from lstm_viz.training.runs import jobs
from lstm_viz.training.settings import checked_settings, seconds_of_work, task_in, usual
from lstm_viz.training.ship import report, train
from lstm_viz.training.worker import work
from lstm_viz.words import scores
from lstm_viz.words.captions import look_at
from lstm_viz.words.gradient_at_lag import GradientAtLag, said
from tests.serving import ROOT

# ---- the one file ----------------------------------------------------------------------------

SYMBOLS = tuple("()[].")
CLOSING = {"(": ")", "[": "]"}
PAIRS = 5


def string(rng: np.random.Generator) -> Sequence:
    """PAIRS pairs of brackets, nested at random, and the end."""
    said: list[str] = []
    stack: list[str] = []
    while len(said) < 2 * PAIRS:
        is_full = len(said) + len(stack) == 2 * PAIRS
        if stack and (is_full or rng.random() < 0.5):
            said.append(CLOSING[stack.pop()])
        else:
            stack.append("(["[rng.integers(2)])
            said.append(stack[-1])
    return (*said, ".")


def batch(rng: np.random.Generator, size: int) -> Batch:
    return TASK.steps(string(rng) for _ in range(size))


def kind_right(network: Reads, examined: Examined) -> float:
    """Where a bracket was closed, how often the right one is the more probable of the two."""
    del network
    places = [SYMBOLS.index(closing) for closing in CLOSING.values()]
    asked = np.isin(examined.targets, places)
    chosen = np.array(places)[examined.outputs[..., places].argmax(-1)]
    return float((chosen == examined.targets)[asked].mean())


def by_cell(learnt: Learnt) -> Curves:
    shares = {scored.cell.name: ([1], [scored.value]) for scored in learnt.networks}
    return Curves("kinds", "brackets right", shares, is_share=True, y_range=(0, 1))


TASK = Task(
    name="brackets",
    title="Brackets that must match",
    question="Which unit knows what is open?",
    symbols=SYMBOLS,
    examples={"Nested": tuple("([()]())."), "Side by side": tuple("()[]().")},
    batch=batch,
    held_out=batch,
    metric=kind_right,
    score=Score("kind_right", "closing bracket right", "%", True, 1.0),
    baselines=lambda: {"a coin": 0.5},
    knowing=lambda: {"any symbol alike": math.log(len(SYMBOLS))},
    recipe=Recipe(hidden=6, embedding=3, steps=30),
    ships=True,
    chart=by_cell,
    caption=(lambda learnt: f"The best has {learnt.score.short(learnt.networks[0].value)}.", seeds),
    read_text=lambda text: letters(text, SYMBOLS),
    between="",
)

# ---- the one line ----------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="module")
def registered() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cast("dict[str, Task]", TASKS), TASK.name, TASK)
        yield


# ---- everything else is there ----------------------------------------------------------------

EXAMPLE = TASK.examples["Nested"]


@pytest.fixture(scope="module")
def network(registered: None) -> Network:
    """One that was trained as those that ship are."""
    found = train(TASK, CELLS["lstm"])
    return replace(found, metrics={**found.metrics, "baselines": TASK.baselines()})


@pytest.fixture(scope="module")
def run(registered: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of the page of training, by the job that its workers do."""
    folder = tmp_path_factory.mktemp("run")
    assert work(usual("brackets"), folder, lambda: False)
    return open_run(folder, usual("brackets"))


def test_it_is_found_by_its_name_and_typed():
    assert task_of("brackets") is TASK
    assert TASK.parse("( [ ) .") == tuple("([).")
    assert TASK.parse(TASK.write(EXAMPLE)) == EXAMPLE


def test_the_settings_of_a_run_know_it():
    settings = usual("brackets", "gru")
    assert checked_settings(settings) == settings
    assert task_in(settings) is TASK
    assert seconds_of_work(settings) < 60


def test_it_learns_and_its_metric_is_measured(network):
    assert 0 <= network.metrics["kind_right"] <= 1
    assert "closing bracket right" in report(network, 1.0)
    assert from_bytes(network.to_bytes()).task is TASK


def test_a_run_keeps_what_is_needed_to_watch_it(run):
    assert not run.damaged
    assert run.record is not None
    assert run.record.done == TASK.recipe.steps
    assert np.isfinite(run.record.metric).all()
    assert run.record.knowing == TASK.knowing()
    assert "kind_right" in str(exported(run, run.kept[-1])[:4000])


def test_it_is_scored_captioned_and_drawn(network):
    learnt = scores.learnt_by([network])
    row = scores.row(TASK, learnt)
    assert row["Task"] == TASK.title
    assert row["without a network"] == "50.0% (a coin)"
    assert scores.caption(TASK, learnt).startswith("The best has ")
    assert TASK.chart is not None
    for figure in (
        score_figures.scores(learnt, dark=False),
        score_figures.deeper(learnt, TASK.chart(learnt), dark=True),
    ):
        drawn = [x for trace in figure["data"] for x in (*trace["x"], *trace["y"])]
        assert network.metrics["kind_right"] in drawn


def test_its_losses_are_followed_back(network):
    recording = network.read(EXAMPLE)
    loss = prediction_loss(network, recording, EXAMPLE)
    assert np.isfinite(backprop(recording[0], {"h": loss.by_output}).x).all()
    strengths = connectivity(network, EXAMPLE)
    assert strengths.shape == (len(EXAMPLE), len(EXAMPLE))
    trace, by_h = answer_loss(network, EXAMPLE, len(EXAMPLE) - 2)
    assert by_h.shape == trace.h.shape
    assert by_h[-1].any()


def test_what_the_gradient_of_a_run_is_for_is_said_and_drawn(run):
    assert run.record is not None
    curves = []
    for step in (run.kept[0], run.kept[-1]):
        trace, by_h = last_answer(run.network(step))
        curves.append(curve(trace, "loss_x", by_h))
    at_lag = GradientAtLag(TASK, *curves, run.kept[-1], run.record.at, run.record.metric)
    assert "closing bracket right" in said(at_lag)
    assert "a coin" in str(learning_figure([at_lag], dark=False))


def test_it_stands_on_the_stage_and_leaves_as_a_program(network):
    recording = network.read(EXAMPLE)
    tokens = read_tokens(network, recording, EXAMPLE)
    assert [token.text for token in tokens] == list(EXAMPLE)
    assert [token.target for token in tokens] == [*EXAMPLE[1:], None]
    texts = [token.text for token in tokens]
    series = read_series(network, recording, EXAMPLE)
    caption = look_at(recording[0], texts)
    payload = stage_payload(ShownRun(recording[0], tokens, caption, series=series))
    assert [token["text"] for token in cast("Any", json.loads(json.dumps(payload)))["tokens"]] == (
        texts
    )
    assert "import numpy" in numpy_program(recording[0])


def test_it_is_in_the_menu_of_what_can_be_trained():
    main, page = ROOT / "lstm_viz" / "ui" / "main.py", ROOT / "pages" / "train.py"
    at = AppTest.from_file(str(main), default_timeout=200).run().switch_page(str(page)).run()
    menu = next(box for box in at.selectbox if TASK.title in box.options)
    menu.select("brackets").run()
    jobs().close()  # the page has opened it
    assert not at.exception
    assert TASK.question in [caption.value for caption in at.caption]

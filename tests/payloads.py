"""Every kind of payload, as the pages make them: of several cells, tasks and notations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.draft import draft
from lstm_viz.colours import MUTED
from lstm_viz.gradients.backward import backprop
from lstm_viz.gradients.decay import Start, curve
from lstm_viz.gradients.deltas import Deltas
from lstm_viz.lessons.glossary import words_payload
from lstm_viz.lessons.panel import course_payload, lesson_payload
from lstm_viz.networks.forecast import forecast
from lstm_viz.networks.held import Span
from lstm_viz.networks.network import load, load_stack
from lstm_viz.networks.write import write
from lstm_viz.notation.libraries import NOTATIONS, OURS, Notation
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights
from lstm_viz.stage.backward import backward_payload
from lstm_viz.stage.coloured_text import coloured_text_payload
from lstm_viz.stage.connections import connections_payload
from lstm_viz.stage.curves import Reach, curves_payload
from lstm_viz.stage.editor import editor_payload
from lstm_viz.stage.forecast import forecast_payload
from lstm_viz.stage.output import Drawing, Head, head_of
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import Door, HeldSpan, PictureButtonPayload
from lstm_viz.stage.share import share_payload
from lstm_viz.stage.sheets import sheets_payload
from lstm_viz.stage.stack import stack_payload
from lstm_viz.stage.together import together
from lstm_viz.stage.tokens import Guess, Series, Token, read_series, read_tokens, written_tokens
from lstm_viz.stage.training import Learning, snapshot
from lstm_viz.stage.unrolled import walk_payload
from lstm_viz.stage.valves import valves_by_hand, valves_computed
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.someone import TASK as SOMEONE
from lstm_viz.ui.lessons import shipped_lesson
from lstm_viz.words.holding import look_at_network

T, D, H = 5, 2, 3
START = Start(steps=30, hidden=4)
SYMBOLS = [Token("x", (Guess("x", 0.75), Guess("b", 0.25)), "x", t % 2 == 0) for t in range(T)]
SYMBOLS[2] = Token("y", (Guess("b", 0.5),), None, False)
OWN = Cell("g = sigmoid(W_g @ x + U_g @ h_prev)\nh = g * h_prev - (1 - g) / 2 * tanh(W_h @ x)")


def trace_of(cell: Cell, seed: int = 0, hidden: int = H) -> Trace:
    x = np.random.default_rng(1).normal(size=(T, 1, D))
    return run(cell, init_weights(cell, D, hidden, seed=seed), x)


def shipped(task: str, cell: str, notation: Notation = OURS) -> ShownRun:
    """What a shipped network reads first, as the page shows it."""
    network = load(task, cell)
    sequence = next(iter(TASKS[task].examples.values()))
    recording = network.read(sequence)
    tokens = read_tokens(network, recording, sequence)
    texts = [token.text for token in tokens]
    caption = look_at_network(network, recording, sequence, texts)
    series = read_series(network, recording, sequence)
    return ShownRun(
        recording[0],
        tokens,
        caption,
        series=series,
        address={"task": task},
        notation=notation,
        head=head_of(network, recording),
    )


def writing() -> ShownRun:
    """A network that goes on by itself, drawing from other probabilities than its own."""
    network = load("reber", "lstm")
    written = write(network, "BT", 4, temperature=2, top_k=3, seed=1)
    head = head_of(network, written.recording, Drawing(2, 2.0, 3))
    held = (Span("f", 3, 5, 0.0),)
    return ShownRun(written.trace, written_tokens(network, written), head=head, held=held)


def mixed() -> ShownRun:
    """A memory that begins with something, and an h that is no formula of it alone."""
    cell = Cell("c = c_prev + W_c @ x\nh = tanh(R_h @ c)")
    x, state = np.ones((T, 1, D)), {"c": np.ones((1, H))}
    trace = run(cell, init_weights(cell, D, H), x, state)
    weight = np.ones((2, H))
    head = Head(weight, np.ones(2), trace.h[:, 0] @ weight.T, ("a", "b"), drawing=Drawing(1, 0.0))
    return ShownRun(trace, SYMBOLS, head=head)


def learning(cell: Cell, numbers: bool = False) -> ShownRun:
    """A run with two moments of its training."""
    traces = [trace_of(cell, seed) for seed in (0, 1)]
    series = Series((1.0,) * T, (2.0,) * T, "kW") if numbers else None
    tokens = [Token("1.0", (Guess("2.0"),))] * T if numbers else SYMBOLS
    made = [snapshot(step, trace, tokens, series) for step, trace in enumerate(traces)]
    known = Learning(made, 3, {0: (0.5, "accuracy 3%"), 1: (None, "")}, pins=True)
    return ShownRun(traces[-1], tokens, series=series, learning=known)


def stages() -> Iterator[tuple[str, Any]]:
    for name, cell in {**CELLS, "own": OWN}.items():
        yield name, stage_payload(ShownRun(trace_of(cell), SYMBOLS))
    for notation in NOTATIONS.values():
        for cell_name in ("lstm", "gru"):
            yield (
                f"{cell_name}, {notation.key}",
                stage_payload(shipped("subject", cell_name, notation)),
            )
    yield "forecast", stage_payload(shipped("load", "lstm"))
    yield "writing", stage_payload(writing())
    yield "mixed", stage_payload(mixed())
    yield "named answer", stage_payload(ShownRun(trace_of(OWN), SYMBOLS, answer="ones so far"))
    yield "many units", stage_payload(shipped("python", "lstm"))
    yield "learning", stage_payload(learning(CELLS["lstm"]))
    yield "learning, numbers", stage_payload(learning(CELLS["gru"], numbers=True))
    for name in ("rnn", "lstm", "peephole", "gru"):
        shown = ShownRun(trace_of(CELLS[name]), SYMBOLS)
        entered = np.ones_like(shown.trace.h)
        yield (
            f"backward, {name}",
            backward_payload(shown, Deltas(backprop(shown.trace, {"h": entered}))),
        )


def pairs() -> Iterator[tuple[str, Any]]:
    held: HeldSpan = {"signal": "f", "from": 1, "to": 2, "unit": None}
    one, other = (ShownRun(trace_of(CELLS[name]), SYMBOLS) for name in ("lstm", "peephole"))
    names = ("one", "other")
    yield "held", pair_payload(one, other, names, {"switch": "x"}, held=[held], holding=True)
    yield "learning", pair_payload(one, learning(CELLS["lstm"]), names, {})
    nothing = Cell("s = tanh(W_s @ x)\nh = s")
    yield "another cell", pair_payload(one, ShownRun(trace_of(nothing), SYMBOLS), names, {})
    large = ShownRun(trace_of(CELLS["rnn"], hidden=50), SYMBOLS)
    yield "many units", pair_payload(large, large, names, {})


def walks() -> Iterator[tuple[str, Any]]:
    measured = [curve(START.trace(CELLS[name]), "memory") for name in ("rnn", "lstm")]
    yield "noise", walk_payload(measured)
    yield "read", walk_payload(measured, [str(k) for k in range(START.steps)])


def stacks() -> Iterator[tuple[str, Any]]:
    words = max(SOMEONE.examples.values(), key=len)
    for layers, both in ((1, False), (2, True)):
        network = load_stack(SOMEONE.name, "lstm", layers, both)
        yield f"{layers}", stack_payload(network, network.read(words), words, {"cell": "lstm"})


def small() -> Iterator[tuple[str, Any]]:
    yield "ValvesPayload", valves_by_hand()
    yield "ValvesPayload", valves_computed()
    strengths = {"lstm": np.tril(np.ones((T, T)))}
    yield "ConnectionsPayload", connections_payload("abcde", strengths, 2, "text", dark=False)
    role = CELLS["lstm"].roles["f"]
    for is_gate in (True, False):
        yield (
            "ColouredTextPayload",
            coloured_text_payload(
                "a b\nc", np.linspace(-1, 1, T), 1.0, role, is_gate, "f", dark=True
            ),
        )
    yield "EditorPayload", editor_payload(draft("h = "), "1")
    yield "EditorPayload", editor_payload(draft(CELLS["rnn"].text), "1")
    for period in (None, 2):
        found = forecast(load("load", "gru"), (50.0, 51.0, 52.0, 53.0), 3, (2, 1, 4))
        errors = {"network": np.ones(3), "last": np.arange(3.0)}
        yield "ForecastPayload", forecast_payload(found, errors, period, "", "", {"step": "t"})
    yield "CurvesPayload", curves_payload([Reach("a", MUTED, np.array([0.0, -1.0, -np.inf]))])
    for key, number, page in (("valves", 2, "valves"), ("subject", 1, "stage"), ("back", 2, "")):
        lesson = shipped_lesson(key)
        yield "LessonPayload", lesson_payload(lesson, number, page, {}, {})
    doors: tuple[Door, ...] = ({"title": "First", "said": "This.", "seen": "stage"},)
    yield "CoursePayload", course_payload([shipped_lesson("valves")], doors)
    label: PictureButtonPayload = {"label": "Picture"}
    yield "PictureButtonPayload", label
    for is_door in (True, False):
        yield "TogetherPayload", together(is_door)
    yield (
        "SharePayload",
        share_payload({"cell": "Cell"}, {"title": 80, "note": 600, "question": 300}),
    )
    yield "WordsPayload", words_payload()
    yield "SheetsPayload", sheets_payload({"view": "View"}, {"id": "1", "name": "a", "text": "b"})
    yield "SheetsPayload", sheets_payload({"view": "View"}, problem="It cannot be.")


def every_payload() -> Iterator[tuple[str, str, Any]]:
    """The name of its type, what it is of, and the payload."""
    kinds = {"Stage": stages(), "Pair": pairs(), "Walk": walks(), "Stack": stacks()}
    for kind, found in kinds.items():
        yield from ((f"{kind}Payload", of, payload) for of, payload in found)
    yield from ((kind, "", payload) for kind, payload in small())

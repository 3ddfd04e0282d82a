"""The output layer, as the browser opens it: what makes an answer of h, and what it answered.

Of the weights travel V and b, once, and the logits that the network computed. The terms V h of a
candidate are worked out in the browser (parts/output.js), where their sum is held against the logit
that is sent: so the screen itself shows whether both are one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz import counted
from lstm_viz.language import _
from lstm_viz.networks.network import Network
from lstm_viz.notation.mathml import MathML
from lstm_viz.run.layers import FORWARD
from lstm_viz.run.recording import Recording
from lstm_viz.stage.encoded import encoded
from lstm_viz.stage.payload_types import About, OutputLayer, OutputWords
from lstm_viz.stage.tokens import shown


@dataclass(frozen=True)
class Drawing:
    """How a network that writes draws, as ``write`` takes it, and after how many given steps."""

    given: int
    temperature: float
    top_k: int | None = None
    top_p: float | None = None


@dataclass(frozen=True, eq=False)
class Head:
    """An output layer and what it made of one sequence.

    ``weight`` (O, H) and ``bias`` (O,) make ``outputs`` (T, O) of h. ``candidates`` are what is
    chosen from, () where the answer is a number: then it is ``output * spread + centre``, with so
    many ``decimals``, in its ``unit``.
    """

    weight: np.ndarray
    bias: np.ndarray
    outputs: np.ndarray
    candidates: tuple[str, ...] = ()
    centre: float = 0.0
    spread: float = 1.0
    unit: str = ""
    decimals: int = 2
    drawing: Drawing | None = None


def head_of(
    network: Network, recording: Recording, drawing: Drawing | None = None, sequence: int = 0
) -> Head | None:
    """The network's output layer; None where it reads more than the first layer's h alone."""
    if network.depth > 1 or network.ways != (FORWARD,):
        return None
    task = network.task
    candidates = [_(answer) for answer in task.answers] or task.choices or ()
    return Head(
        network.head_weight,
        network.head_bias,
        recording.output[:, sequence],
        tuple(map(shown, candidates)),
        task.centre,
        task.spread,
        task.unit,
        task.decimals,
        drawing,
    )


def output_layer(head: Head, notation: MathML) -> OutputLayer:
    """What the browser is sent of an output layer."""
    drawing = head.drawing
    return {
        "weight": encoded("V", head.weight),
        "bias": encoded("b", head.bias[None]),
        "outputs": encoded("V h + b", head.outputs),
        "candidates": list(head.candidates),
        "number": None
        if head.candidates
        else {
            "centre": head.centre,
            "spread": head.spread,
            "unit": head.unit,
            "decimals": head.decimals,
        },
        "drawing": None
        if drawing is None
        else {
            "given": drawing.given,
            "temperature": drawing.temperature,
            "top_k": drawing.top_k or 0,
            "top_p": 1.0 if drawing.top_p is None else drawing.top_p,
        },
        "mathml": _typeset(bool(head.candidates), notation),
        "about": {"V": _about_weights(head), "b": _about_bias(head)},
        "words": _words(bool(head.candidates)),
    }


def _typeset(chooses: bool, notation: MathML) -> str:
    """The layer as a line of mathematics, as the equations above it are."""
    y = '<msub class="output-symbol"><mi>y</mi><mi>t</mi></msub>'
    sum_ = notation.between(
        notation.beside('<mi data-about="V">V</mi>', notation.symbol("h")),
        "+",
        '<mi data-about="b">b</mi>',
    )
    if chooses:
        sum_ = "<mi>softmax</mi><mo>&#x2061;</mo>" + notation.fenced("(", sum_, ")", tall=False)
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" displaystyle="true">'
        f"{notation.between(y, '=', sum_)}</math>"
    )


def _about_weights(head: Head) -> About:
    answers, units = head.weight.shape
    return {
        "name": _("V  output weights"),
        "meaning": _("how much each unit’s h says for or against each answer"),
        "shape": _("{outputs} × {units}, the same at every step, like W and U").format(
            outputs=answers, units=units
        ),
    }


def _about_bias(head: Head) -> About:
    return {
        "name": _("b  output bias"),
        "meaning": _("what each answer has before any unit speaks"),
        "shape": _("{numbers}, the same at every step").format(
            numbers=counted.numbers(len(head.bias))
        ),
    }


def _words(chooses: bool) -> OutputWords:
    return {
        "title": _("The output layer"),
        "told": _(
            "Each unit gives every answer its weight times h. With the bias, that adds up to the "
            "answer’s logit; softmax makes probabilities of all logits."
        )
        if chooses
        else _("Each unit gives its weight times h. With the bias, that adds up to the forecast."),
        "shared": _("V and b are the same at every step, like W and U."),
        "line": _("“{text}”: {up} for, {down} against, bias {bias}: logit {sum}")
        if chooses
        else _("{up} up, {down} down, bias {bias}: {sum}"),
        "answer": _("answer"),
        "logit": _("logit"),
        "probability": _("probability"),
        "drawn_from": _("drawn from"),
        "all": _("Show all {count}"),
        "fewer": _("Show the likeliest only"),
        "up": _("speaks for “{text}”") if chooses else _("raises it"),
        "down": _("speaks against “{text}”") if chooses else _("lowers it"),
        "nobody": _("no unit"),
        "of_unit": _("unit {unit}"),
        "others": _("{count} more units"),
        "bias": _("bias"),
        "proof": _(
            "All terms and the bias add up to {sum}. The network’s own number is {output}; the "
            "difference is {apart}."
        ),
        "softmax": _(
            "Softmax: e to the {logit} is {odds}, of {total} for all {count} answers: {p}."
        ),
        "heated": _(
            "Drawn at temperature {temperature}: every logit is divided by it, and “{text}” has "
            "{p}."
        ),
        "coldest": _("At temperature 0 the likeliest answer is always taken."),
        "cut": _("Top-k and top-p leave {count} of {all} answers to be drawn."),
        "in_unit": _("times {spread}, plus {centre}, is {value} {unit}."),
        "candidate": _("Answer {rank}: {text}, logit {logit}, {p}"),
    }

"""What is often said about these cells: true or false?

Where a run can settle it, the card carries the experiment: a few lines that compute the verdict
from the equations, each time anew. The others name the source that settles them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.parameters import formula
from lstm_viz.gradients.decay import BANDS, Start, curve, untrained
from lstm_viz.gradients.flow import gradient_flow
from lstm_viz.language import N_
from lstm_viz.run.run import run
from lstm_viz.run.statistics import half_life
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights

D, H = 8, 64  # the size of the cells that the experiments run
SHUT, OPEN = np.array(0.0), np.array(1.0)
EXPLODING = BANDS[0]


@dataclass(frozen=True)
class Outcome:
    """What an experiment found: whether the statement holds, and the numbers in a sentence."""

    holds: bool
    sentence: str
    numbers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """One statement. ``holds`` is the answer, ``because`` the reason, ``source`` who says so.

    ``certainty`` is a key of ``literature.CERTAINTY``. Where there is an ``experiment``, it finds
    the answer anew. ``see`` is the address of the page on which one tries it oneself.
    """

    key: str
    statement: str
    holds: bool
    because: str
    source: str
    certainty: str
    experiment: Callable[[], Outcome] | None = None
    see: str = ""


def _read(
    cell: Cell,
    steps: int = 21,
    hold: Mapping[str, np.ndarray] | None = None,
    **start: Any,
) -> Trace:
    """An untrained cell that reads noise."""
    x = np.random.default_rng(0).normal(size=(steps, 1, D))
    return run(cell, init_weights(cell, D, H, **start), x, hold=hold)


def _vanishing() -> Outcome:
    numbers: dict[str, float | None] = {}
    for name in ("lstm", "rnn"):
        found = untrained(CELLS[name])
        numbers |= {name: found.left(20), f"{name}_life": found.half_life}
    return Outcome(
        untrained(CELLS["lstm"]).left(20) > 0.1,
        N_(
            "Untrained, PyTorch’s start, 20 steps back: {lstm:.1e} of the LSTM’s gradient is left, "
            "and its half-life is {lstm_life:.1f} steps; of a plain RNN’s {rnn:.1e}, and "
            "{rnn_life:.1f} steps. So “How far back?” measures it, from its first start."
        ),
        numbers,
    )


def _one_of_four() -> Outcome:
    trace = _read(CELLS["lstm"], steps=3)
    whole, direct = gradient_flow(trace).total("c")[1, 0], np.linalg.norm(trace.f[2, 0])
    return Outcome(
        not np.isclose(whole, direct, rtol=1e-6),
        N_(
            "One step of an untrained LSTM: the whole derivative of c by the c before has the norm "
            "{whole:.4f}, the forget gate alone {direct:.4f}."
        ),
        {"whole": float(whole), "direct": float(direct)},
    )


def _product_of_f() -> Outcome:
    found = curve(Start(forget_bias=1.0).trace(CELLS["lstm"]), "memory")
    assert found.kept_mean is not None  # an LSTM has a keep gate
    product, whole = float(10 ** found.kept_mean[20]), found.left(20)
    return Outcome(
        whole <= product * 1.01,
        N_(
            "Forget bias 1, 20 steps back: {product:.2%} of the product of f is left, and "
            "{whole:.2%} of the whole gradient. So “How far back?” measures it."
        ),
        {"whole": whole, "product": product},
    )


def _closed_output() -> Outcome:
    found = {}
    for name in ("lstm", "peephole"):
        trace = _read(CELLS[name], hold={"o": SHUT}, forget_bias=1)
        found[f"{name}_whole"] = float(gradient_flow(trace).total("c")[0, 0])
        found[f"{name}_product"] = float(np.linalg.norm(np.prod(trace.f[1:, 0], axis=0)))
    return Outcome(
        bool(np.isclose(found["lstm_whole"], found["lstm_product"], rtol=1e-9)),
        N_(
            "Output gate held at 0, 20 steps back: the product of f has the norm "
            "{lstm_product:.6f}, the whole gradient {lstm_whole:.6f}. With peepholes they are "
            "{peephole_product:.6f} and {peephole_whole:.6f}."
        ),
        found,
    )


def _explosion() -> Outcome:
    start = Start(forget_bias=5.0, steps=100, hidden=64)
    growth = curve(start.trace(CELLS["lstm"]), "memory").left(90)
    return Outcome(
        growth <= 10**EXPLODING.low,
        N_(
            "Forget bias 5, 64 units, 90 steps back: the gradient of c has grown {growth:.1f} "
            "times. So “How far back?” measures it."
        ),
        {"growth": growth},
    )


def _one_forgets() -> Outcome:
    hold = {"f": np.full((6, 1, 1), np.nan), "i": np.full((6, 1, 1), np.nan)}
    hold["f"][3:], hold["i"][3:] = 1, 0
    c = _read(CELLS["lstm"], steps=6, hold=hold).c[:, 0, 0]
    return Outcome(
        np.array_equal(c[2:], np.full(4, c[2])),
        N_("f held at 1 and i at 0 for three steps: c stays at {before:+.3f} … {after:+.3f}."),
        {"before": float(c[2]), "after": float(c[5])},
    )


def _output_stores() -> Outcome:
    hold = np.full((5, 1, 1), np.nan)
    hold[2] = 0
    free, held = _read(CELLS["lstm"], steps=5), _read(CELLS["lstm"], steps=5, hold={"o": hold})
    now, later = (float(np.abs(free.c[t] - held.c[t]).max()) for t in (2, 3))
    return Outcome(
        now > 0,
        N_(
            "Output gate shut for one step: c of that step changes by {now:.0e}, c of the next by "
            "{later:.3f}, because the gates then see another h."
        ),
        {"now": now, "later": later},
    )


def _memory_bounded() -> Outcome:
    c = _read(CELLS["lstm"], hold={"f": OPEN, "i": OPEN, "c_tilde": OPEN}).c
    return Outcome(
        bool(abs(c).max() < 1),
        N_("f, i and the candidate held at 1: after 21 steps c is {largest:.0f}."),
        {"largest": float(c.max())},
    )


def _sum_to_one() -> Outcome:
    lstm, coupled = _read(CELLS["lstm"]), _read(CELLS["coupled"])
    sums = [float(bound) for bound in ((lstm.f + lstm.i).min(), (lstm.f + lstm.i).max())]
    off = float(np.abs(coupled.f + coupled.i - 1).max())
    janet = _read(CELLS["janet"])
    more = janet.f + janet.i
    return Outcome(
        sums[1] - sums[0] < 1e-9,
        N_(
            "In an LSTM f + i runs from {low:.2f} to {high:.2f}; in the coupled cell it differs "
            "from 1 by {off:.0e}, in JANET it runs from {least:.2f} to {most:.2f}."
        ),
        {"low": sums[0], "high": sums[1], "off": off, "least": more.min(), "most": more.max()},
    )


def _candidate_is_gate() -> Outcome:
    candidate = _read(CELLS["lstm"]).c_tilde
    return Outcome(
        bool(candidate.min() >= 0),
        N_("Of an untrained LSTM’s candidates {share:.0%} are negative; no gate ever is."),
        {"share": float((candidate < 0).mean())},
    )


def _peephole_matrices() -> Outcome:
    shapes = CELLS["peephole"].weight_shapes(D, H)
    return Outcome(
        all(len(shapes[name]) == 1 for name in ("p_f", "p_i", "p_o")),
        N_("The shapes are p {peephole} and U {matrix}: {formula} parameters in all."),
        {
            "peephole": shapes["p_f"],
            "matrix": shapes["U_f"],
            "formula": formula(CELLS["peephole"]),
        },
    )


def _all_peep_back() -> Outcome:
    reads = {name: CELLS["peephole"][name].text for name in ("f", "o")}
    return Outcome(
        "c_prev" in reads["f"] and "c_prev" not in reads["o"] and "* c" in reads["o"],
        N_("The lines are: {f}; {o}."),
        {"f": reads["f"], "o": reads["o"]},
    )


def _three_gates() -> Outcome:
    cell = CELLS["lstm1997"]
    gates = [name for name in cell.signals if cell.roles[name].key in ("keep", "write", "show")]
    return Outcome(
        not any(cell.roles[name].key == "keep" for name in gates),
        N_("The gates in its equations: {gates}."),
        {"gates": ", ".join(gates)},
    )


def _z_keeps() -> Outcome:
    shares = {name: str(CELLS[name].kept) for name in ("gru", "mut1", "mingru")}
    return Outcome(
        len(set(shares.values())) == 1,
        N_("What multiplies the past: {gru} in the GRU, {mut1} in MUT1, {mingru} in the minGRU."),
        shares,
    )


def _same_reset() -> Outcome:
    after, before = CELLS["gru"], CELLS["gru_reset_before"]
    weights = init_weights(before, D, H)
    x = np.random.default_rng(0).normal(size=(21, 1, D))
    same = run(after, weights | {"d_h": np.zeros(H)}, x)  # the one bias that the other has not
    apart = float(np.abs(same.h - run(before, weights, x).h).max())
    return Outcome(
        apart < 1e-9,
        N_("The same weights in both, d_h at 0: within 21 steps h differs by up to {apart:.3f}."),
        {"apart": apart},
    )


def _bias_is_one() -> Outcome:
    found = {
        scheme: float(init_weights(CELLS["lstm"], D, H, scheme=scheme)["b_f"].mean())
        for scheme in ("pytorch", "keras")
    }
    return Outcome(
        abs(found["keras"] - 1) < 0.01 and abs(found["pytorch"]) < 0.1,
        N_("The mean forget bias at the start: {pytorch:.2f} as in PyTorch, {keras:.2f} in Keras."),
        found,
    )


def _long_memory() -> Outcome:
    cell = CELLS["lstm"]
    weights = {name: np.zeros_like(w) for name, w in init_weights(cell, D, H).items()}
    weights["b_f"] += 1
    c = run(cell, weights, np.zeros((50, 1, D)), {"c": np.ones(H)}).c[:, 0, 0]
    steps = float(half_life(-np.log(c[1] / c[0])))
    return Outcome(
        steps > 10,
        N_(
            "A memory of 1 with forget bias 1 and nothing else: "
            "half of it is gone after {t:.1f} steps."
        ),
        {"t": steps},
    )


def _stabiliser() -> Outcome:
    cell = CELLS["slstm"]
    plain = Cell(
        "\n".join(
            {
                "log_f": "log_f = logsigmoid(W_f @ x + U_f @ h_prev + b_f)",
                "f": "f = exp(log_f)",
                "i": "i = exp(log_i)",
            }.get(line.name, line.text)
            for line in cell.lines
            if line.name != "m"
        )
    )
    apart = float(np.abs(_read(cell).h - _read(plain).h).max())
    return Outcome(
        apart > 1e-9,
        N_("With and without the stabiliser h differs by at most {apart:.0e}."),
        {"apart": apart},
    )


def _running_sum() -> Outcome:
    trace = _read(CELLS["nfg"])
    apart = float(np.abs(trace.c - np.cumsum(trace.i * trace.c_tilde, axis=0)).max())
    return Outcome(
        apart < 1e-9,
        N_("c against the running sum of i ⊙ c̃: they differ by at most {apart:.0e}."),
        {"apart": apart},
    )


def _singular_value() -> Outcome:
    trace = Start().trace(CELLS["rnn"])
    largest = float(np.linalg.norm(trace.weights["U_h"], 2))
    left = curve(trace, "memory").left(20)
    return Outcome(
        left < 1 < largest,
        N_(
            "An untrained RNN whose U has the largest singular value {largest:.2f}: 20 steps back "
            "{left:.1e} of the gradient is left. So “How far back?” measures it."
        ),
        {"largest": largest, "left": left},
    )


_HS97 = "Hochreiter & Schmidhuber 1997"
_P13 = "Pascanu, Mikolov & Bengio 2013"

CARDS = (
    Card(
        "vanishing",
        N_("The LSTM solves the vanishing gradient problem."),
        False,
        N_("It can learn to keep its gradient; untrained, it halves nearly as soon as an RNN’s."),
        N_("measured here; constant flow needs f = 1 and the cut gradient of 1997"),
        "C",
        _vanishing,
        see="gradients?weights=untrained&start=pytorch",
    ),
    Card(
        "one forgets",
        N_("A forget gate of 1 and an input gate of 0 leave the memory exactly as it is."),
        True,
        N_("1 keeps, 0 erases. Better names would be “keep gate” and “keep = 1”."),
        N_("the equation c = f ⊙ c_prev + i ⊙ c̃"),
        "C",
        _one_forgets,
        see="valves?f=1&i=0",
    ),
    Card(
        "bounded memory",
        N_("The memory c lies between −1 and 1."),
        False,
        N_("h does. c may grow by 1 a step: with f = i = 1 it is a counter."),
        N_("the equation c = f ⊙ c_prev + i ⊙ c̃"),
        "C",
        _memory_bounded,
        see="valves?f=1&i=1&c=1",
    ),
    Card(
        "running sum",
        N_("Without a forget gate the memory is a running sum of everything written."),
        True,
        N_("With f = 1 nothing is ever taken away, so all candidates add up."),
        N_("the equation c = c_prev + i ⊙ c̃"),
        "C",
        _running_sum,
        see="variants?switch=f-open",
    ),
    Card(
        "output stores",
        N_("The output gate decides what is stored."),
        False,
        N_("It only decides what is shown; it reaches the memory one step later, through h."),
        N_("the equations of c and h"),
        "C",
        _output_stores,
        see="valves?f=0.9&i=0.5&o=0",
    ),
    Card(
        "sum to one",
        N_("The input and the forget gate add up to 1."),
        False,
        N_(
            "Only where an equation says so, as in the coupled cell and the GRU; in JANET they "
            "always add up to more."
        ),
        N_("the catalogue’s equations"),
        "C",
        _sum_to_one,
        see="variants?switch=i-coupled",
    ),
    Card(
        "candidate gate",
        N_("The candidate is a fourth gate."),
        False,
        N_("It is what could be written, from −1 to 1. PyTorch’s page calls it “cell gate”."),
        "torch.nn.LSTM",
        "V",
        _candidate_is_gate,
        see="valves?c=-0.8&i=1",
    ),
    Card(
        "four terms",
        N_("The derivative of the memory by the memory one step before is more than f."),
        True,
        N_("f is one path. The others go through h and what reads it: f, i and the candidate."),
        f"{_HS97}, eq. 30",
        "V",
        _one_of_four,
        see="backprop?task=subject&cell=lstm",
    ),
    Card(
        "product of f",
        N_("The gradient is at most the product of the forget gates."),
        False,
        N_("The paths through the gates add to it."),
        N_("measured here"),
        "C",
        _product_of_f,
        see="gradients?weights=untrained&start=pytorch",
    ),
    Card(
        "closed output",
        N_("Without peepholes a shut output gate makes the memory’s gradient the product of f."),
        True,
        N_("Every other path leads through h, and h is cut off; a peephole goes around it."),
        N_("the Jacobian of the state"),
        "C",
        _closed_output,
        see="what_if?task=subject&hold=o:1-25=0",
    ),
    Card(
        "explosion",
        N_("Gradients of an LSTM cannot explode."),
        False,
        N_("With gates near 1 the paths add up; clipping is still needed."),
        _P13,
        "V",
        _explosion,
        see="gradients?weights=untrained&start=pytorch&bias=5",
    ),
    Card(
        "singular value",
        N_("With a singular value of the recurrent matrix above 1 the gradient may still vanish."),
        True,
        N_("To explode it needs one above 1, but the tanh and the other directions may take more."),
        _P13,
        "V",
        _singular_value,
        see="gradients?weights=untrained&cells=rnn",
    ),
    Card(
        "bias of one",
        N_("A forget bias of 1 gives a long memory."),
        False,
        N_(
            "Of what the gate alone keeps, half is left after 2.2 steps. For 100 steps the bias "
            "has to be near 5."
        ),
        N_("ln 2 / softplus(−1)"),
        "C",
        _long_memory,
        see="gradients?weights=untrained&start=pytorch&bias=1",
    ),
    Card(
        "bias default",
        N_("The forget bias starts at 1 in Keras and near 0 in PyTorch."),
        True,
        N_("PyTorch draws it around 0, as it draws all its parameters."),
        N_("the libraries’ own initialisation"),
        "V",
        _bias_is_one,
        see="gradients?weights=untrained&start=keras",
    ),
    Card(
        "peepholes back",
        N_("The output gate’s peephole looks at the new memory, the others’ at the old one."),
        True,
        N_("The output gate comes last: the new memory is there when it opens."),
        N_("the ONNX specification and TensorFlow’s kernel"),
        "V",
        _all_peep_back,
        see="variants?switch=both.peepholes",
    ),
    Card(
        "peephole matrices",
        N_("Through a peephole a gate sees the memory of its own unit only."),
        True,
        N_("Peepholes are vectors, where the other weights are matrices."),
        N_("the ONNX specification and TensorFlow’s kernel"),
        "V",
        _peephole_matrices,
        see="variants?switch=both.peepholes",
    ),
    Card(
        "three gates of 1997",
        N_("The LSTM of 1997 has no forget gate."),
        True,
        N_("It has two gates; the third was added in 1999/2000."),
        f"{_HS97}, section 4",
        "V",
        _three_gates,
        see="variants?switch=lstm1997",
    ),
    Card(
        "z",
        N_("z is the GRU’s forget gate, in every text."),
        False,
        N_("In PyTorch, Keras and ONNX z = 1 keeps; in MUT1–3, minGRU and Colah z = 1 overwrites."),
        N_("the libraries’ documentation; MUT1–3 from an independent implementation"),
        "V2",
        _z_keeps,
        see="variants?switch=gru",
    ),
    Card(
        "reset",
        N_("Whether a GRU resets before or after the product is a detail."),
        False,
        N_("They are different functions, and weights do not transfer."),
        N_("TensorFlow’s documentation: r ⊙ (U h) is not U (r ⊙ h)"),
        "V",
        _same_reset,
        see="variants?switch=gru_reset_before",
    ),
    Card(
        "stabiliser",
        N_("The xLSTM’s stabiliser changes what the cell computes."),
        False,
        N_("It is a change of units and cancels exactly."),
        N_("computed here"),
        "C",
        _stabiliser,
        see="variants?switch=slstm",
    ),
    Card(
        "peepholes in torch",
        N_("ONNX describes an LSTM with peepholes; PyTorch’s and Keras’s have none."),
        True,
        N_("So weights with peepholes have no place in them."),
        N_("the libraries’ documentation"),
        "V",
        see="variants?switch=both.peepholes&notation=onnx",
    ),
    Card(
        "cosmetic tanh",
        N_("The tanh before the output is one of the LSTM’s two most critical parts."),
        True,
        N_("With the forget gate it is what the largest comparison could least do without."),
        "Greff et al. 2017, abstract",
        "V",
        see="variants?switch=both.output_tanh",
    ),
    Card(
        "always bptt",
        N_("In 1997 the LSTM was not trained by full backpropagation through time."),
        True,
        N_("It was a truncated mix of two methods; errors into the gates were cut."),
        _HS97,
        "V",
        see="backprop?task=subject",
    ),
    Card(
        "rnn hopeless",
        N_("A plain RNN cannot bridge 50 steps."),
        False,
        N_("With clipping and a regulariser one solved sequences of up to 5000 steps."),
        _P13,
        "V",
        see="scores?task=subject",
    ),
    Card(
        "bidirectional last",
        N_("The last output of a bidirectional LSTM has read everything in both directions."),
        False,
        N_("Its backward half has read a single step there."),
        "torch.nn.LSTM",
        "V",
        see="layers?both=1",
    ),
)

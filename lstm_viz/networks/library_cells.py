"""The cell that a layer of a library is, with the functions that it was made with.

Keras and ONNX let one choose the functions around the gates. Here each is a formula over ``a``, in
the functions that equations may use; the cell is the catalogue's text with those in their places.
With the usual ones it is the catalogue's own cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lstm_viz.cells import CELLS, Cell
from lstm_viz.language import _

# By the names that Keras has for them; in Keras 2 hard_sigmoid is another one.
KERAS = {
    "sigmoid": "sigmoid(a)",
    "tanh": "tanh(a)",
    "relu": "relu(a)",
    "linear": "a",
    "softplus": "softplus(a)",
    "softsign": "a / (1 + abs(a))",
    "exponential": "exp(a)",
    "log_sigmoid": "logsigmoid(a)",
    "elu": "relu(a) + exp(minimum(a, 0)) - 1",
    "selu": "1.0507009873554805 * (relu(a) + 1.6732632423543772 * (exp(minimum(a, 0)) - 1))",
    "relu6": "minimum(relu(a), 6)",
    "silu": "a * sigmoid(a)",
    "swish": "a * sigmoid(a)",
    "hard_sigmoid": "minimum(maximum(a / 6 + 0.5, 0), 1)",
}
KERAS_2 = KERAS | {"hard_sigmoid": "minimum(maximum(0.2 * a + 0.5, 0), 1)"}

# By the names of ONNX in lower case; alpha and beta are filled in, with these defaults.
ONNX: dict[str, tuple[str, float, float]] = {
    "sigmoid": ("sigmoid(a)", 0, 0),
    "tanh": ("tanh(a)", 0, 0),
    "relu": ("relu(a)", 0, 0),
    "affine": ("{alpha} * a + {beta}", 1, 0),
    "leakyrelu": ("relu(a) + {alpha} * minimum(a, 0)", 0.01, 0),
    "thresholdedrelu": ("a * maximum(sign(a - {alpha}), 0)", 1, 0),
    "scaledtanh": ("{alpha} * tanh({beta} * a)", 1, 1),
    "hardsigmoid": ("minimum(maximum({alpha} * a + {beta}, 0), 1)", 0.2, 0.5),
    "elu": ("relu(a) + {alpha} * (exp(minimum(a, 0)) - 1)", 1, 0),
    "softsign": ("a / (1 + abs(a))", 0, 0),
    "softplus": ("softplus(a)", 0, 0),
}

_LSTM = """
f = {gate:W_f @ x + U_f @ h_prev{p_f} + b_f}
i = {gate:W_i @ x + U_i @ h_prev{p_i} + b_i}
c_tilde = {candidate:W_c @ x + U_c @ h_prev + b_c}
c = f * c_prev + i * c_tilde
o = {gate:W_o @ x + U_o @ h_prev{p_o} + b_o}
h = o * ({shown:c})
"""
_GRU = """
r = {gate:W_r @ x + U_r @ h_prev + b_r}
z = {gate:W_z @ x + U_z @ h_prev + b_z}
h_tilde = {candidate:W_h @ x + b_h + r * (U_h @ h_prev + d_h)}
h = z * h_prev + (1 - z) * h_tilde
"""
_GRU_BEFORE = _GRU.replace("b_h + r * (U_h @ h_prev + d_h)", "U_h @ (r * h_prev) + b_h")
_RNN = "h = {candidate:W_h @ x + U_h @ h_prev + b_h}"

USUAL = {"gate": "sigmoid(a)", "candidate": "tanh(a)", "shown": "tanh(a)"}


def library_cell(
    kind: str,
    functions: Mapping[str, str] = USUAL,
    *,
    peepholes: bool = False,
    coupled: bool = False,
    reset_after: bool = True,
    clip: float = 0.0,
) -> Cell:
    """The cell of a layer "LSTM", "GRU" or "RNN".

    ``functions`` has the formulas over ``a`` of the gates, of the candidate, and of c where it is
    ``shown``. ``coupled`` is f = 1 - i; ``clip`` bounds what those of gates and candidate take.
    """
    text = {"LSTM": _LSTM, "GRU": _GRU if reset_after else _GRU_BEFORE, "RNN": _RNN}[kind]
    for gate in "fio":
        past = "c" if gate == "o" else "c_prev"
        text = text.replace(f"{{p_{gate}}}", f" + p_{gate} * {past}" if peepholes else "")
    text = re.sub(
        r"\{(\w+):([^{}]*)\}",
        lambda found: _applied(functions[found[1]], found[2], clip if found[1] != "shown" else 0.0),
        text,
    )
    if coupled:
        text = re.sub(r"\nf = .*", "\nf = 1 - i", text)
    cell = Cell(text)
    known = next((one for one in CELLS.values() if one.text == cell.text), None)
    if known is not None:
        return known
    return Cell(text, title=kind)


def _applied(formula: str, argument: str, clip: float) -> str:
    if clip > 0:
        argument = f"maximum(minimum({argument}, {clip!r}), -{clip!r})"
    if formula == "a":
        return argument
    inside = argument if re.fullmatch(r"\w+\(a\)", formula) else f"({argument})"
    return re.sub(r"\ba\b", lambda _found: inside, formula)


def keras_functions(kind: str, config: Mapping[str, object], version: int = 3) -> dict[str, str]:
    """The formulas that the config of a Keras layer names. Raises ValueError with a sentence."""
    table = KERAS if version >= 3 else KERAS_2

    def formula(name: str, usual: str) -> str:
        given = config.get(name, usual)
        if isinstance(given, Mapping):  # as objects are written
            given = given.get("config", given) if given.get("class_name") == "function" else given
            given = given.get("registered_name") or given if isinstance(given, Mapping) else given
        given = "linear" if given is None else given
        if not isinstance(given, str) or given not in table:
            raise ValueError(
                _("This {kind} has {activation} for {name}, which no cell here can have.").format(
                    kind=kind, activation=ascii(given)[:40], name=name
                )
            )
        return table[given]

    shown = formula("activation", "tanh")
    gate = "sigmoid(a)" if kind == "RNN" else formula("recurrent_activation", "sigmoid")
    return {"gate": gate, "candidate": shown, "shown": shown}


def onnx_formula(name: str, alpha: float | None, beta: float | None) -> str:
    """The formula of an activation of ONNX. Raises ValueError with a sentence."""
    if name.lower() not in ONNX:
        raise ValueError(
            _("The activation {name} is one that no cell here can have.").format(
                name=ascii(name)[:40]
            )
        )
    formula, usual_alpha, usual_beta = ONNX[name.lower()]
    alpha = usual_alpha if alpha is None else alpha
    beta = usual_beta if beta is None else beta
    return formula.format(alpha=f"{float(alpha):.9g}", beta=_signed(float(beta)))


def _signed(number: float) -> str:
    return f"{number:.9g}" if number >= 0 else f"(-{-number:.9g})"

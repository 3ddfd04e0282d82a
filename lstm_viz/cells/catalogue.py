"""The catalogue: each cell is its text, and where the text comes from.

To add a cell, add an entry: everything else is derived from its equations.
"""

from __future__ import annotations

from types import MappingProxyType

from lstm_viz.cells.cell import Cell
from lstm_viz.language import N_

_GREFF = "Greff et al. 2017, LSTM: A Search Space Odyssey"

RNN = Cell(
    "h = tanh(W_h @ x + U_h @ h_prev + b_h)",
    name="rnn",
    title=N_("Plain RNN"),
    sentence=N_("No gates: at every step the whole memory is mixed with the input and squashed."),
    source="Elman 1990; torch.nn.RNN",
    traps=(
        N_("PyTorch stores two biases; only their sum matters."),
        N_("It can learn long lags with care (Pascanu et al. 2013); it is not hopeless."),
    ),
)

LSTM = Cell(
    """
    f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
    i = sigmoid(W_i @ x + U_i @ h_prev + b_i)
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
    h = o * tanh(c)
    """,
    name="lstm",
    title=N_("LSTM"),
    sentence=N_(
        "Three gates decide what the memory keeps, what is written into it and what it shows."
    ),
    source="Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; "
    "torch.nn.LSTM",
    traps=(
        N_("The forget gate keeps: 1 means remember everything."),
        N_("PyTorch starts with a forget bias of about 0, Keras with 1."),
        N_("c is not confined to (-1, 1); h is."),
    ),
)

PEEPHOLE = Cell(
    """
    f = sigmoid(W_f @ x + U_f @ h_prev + p_f * c_prev + b_f)
    i = sigmoid(W_i @ x + U_i @ h_prev + p_i * c_prev + b_i)
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(W_o @ x + U_o @ h_prev + p_o * c + b_o)
    h = o * tanh(c)
    """,
    name="peephole",
    title=N_("Peephole LSTM"),
    sentence=N_(
        "Each gate also looks at the memory of its own unit, even when the output is shut."
    ),
    source="Gers & Schmidhuber 2000, section 3; Gers, Schraudolph & Schmidhuber 2002; ONNX LSTM",
    traps=(
        N_("The output gate looks at the new memory, the other two at the old one."),
        N_("Peepholes are vectors, one number a unit, not matrices."),
    ),
)

COUPLED = LSTM.with_("i = 1 - f")
COUPLED = Cell(
    COUPLED.text,
    name="coupled",
    title=N_("Coupled gates"),
    sentence=N_("What is written is what was forgotten: one gate does the work of two."),
    source="Greff et al. 2017 (there as f = 1 - i, with peepholes)",
    traps=(
        N_("Tutorials write i = 1 - f, Greff and ONNX f = 1 - i: weights do not transfer."),
        N_("It can only keep or overwrite, never add."),
    ),
)

GRU = Cell(
    """
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
    h_tilde = tanh(W_h @ x + b_h + r * (U_h @ h_prev + d_h))
    h = z * h_prev + (1 - z) * h_tilde
    """,
    name="gru",
    title=N_("GRU"),
    sentence=N_("Two gates and no separate memory: the output itself is kept or replaced."),
    source="Cho et al. 2014; torch.nn.GRU, Keras with reset_after=True",
    traps=(
        N_("Here z = 1 keeps, as in PyTorch, Keras and ONNX; in many drawings z = 1 overwrites."),
        N_("The reset comes after the matrix product; before it is a different function."),
        N_("The candidate's two biases are not redundant: one is inside the reset."),
    ),
)

GRU_RESET_BEFORE = Cell(
    GRU.with_("h_tilde = tanh(W_h @ x + U_h @ (r * h_prev) + b_h)").text,
    name="gru_reset_before",
    title=N_("GRU, reset before"),
    sentence=N_("The reset gate thins the past before the matrix mixes it."),
    source="Cho et al. 2014, arXiv version 3; ONNX GRU with linear_before_reset=0",
    traps=(N_("PyTorch and Keras reset after the product; weights do not transfer."),),
)


def _greff(name: str, title: str, sentence: str, *edits: str) -> Cell:
    return Cell(
        PEEPHOLE.with_(*edits).text,
        name=name,
        title=title,
        sentence=sentence,
        source=f"{_GREFF}, variant {name.upper()}",
        traps=(N_("The variants are compared with the peephole LSTM, which is their base."),),
    )


NIG = _greff("nig", N_("No input gate"), N_("Every candidate is written in full."), "i = 1")
NFG = _greff(
    "nfg",
    N_("No forget gate"),
    N_("Nothing is ever forgotten: the memory is a running sum."),
    "f = 1",
)
NOG = _greff("nog", N_("No output gate"), N_("The memory is always shown."), "o = 1")
NIAF = _greff(
    "niaf",
    N_("No input activation"),
    N_("The candidate is not squashed."),
    "c_tilde = W_c @ x + U_c @ h_prev + b_c",
)
NOAF = _greff(
    "noaf", N_("No output activation"), N_("The memory is shown without a tanh."), "h = o * c"
)
CIFG = _greff(
    "cifg",
    N_("Coupled input and forget gate"),
    N_("What is kept is what is not written."),
    "f = 1 - i",
)
NP = Cell(
    LSTM.text,
    name="np",
    title=N_("No peepholes"),
    sentence=N_("The gates do not look at the memory; this is the LSTM of today."),
    source=f"{_GREFF}, variant NP",
    traps=(N_("The same equations as lstm, under the name it has in the comparison."),),
)
FGR = _greff(
    "fgr",
    N_("Full gate recurrence"),
    N_("Every gate also reads what all gates were one step ago, as in 1997."),
    "f = sigmoid(W_f @ x + U_f @ h_prev + R_ff @ f_prev + R_fi @ i_prev + R_fo @ o_prev"
    " + p_f * c_prev + b_f)",
    "i = sigmoid(W_i @ x + U_i @ h_prev + R_if @ f_prev + R_ii @ i_prev + R_io @ o_prev"
    " + p_i * c_prev + b_i)",
    "o = sigmoid(W_o @ x + U_o @ h_prev + R_of @ f_prev + R_oi @ i_prev + R_oo @ o_prev"
    " + p_o * c + b_o)",
)

LSTM1997 = Cell(
    """
    i = sigmoid(W_i @ x + U_i @ h_prev + b_i)
    c_tilde = 4 * sigmoid(W_c @ x + U_c @ h_prev + b_c) - 2
    c = c_prev + i * c_tilde
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
    h = o * (2 * sigmoid(c) - 1)
    """,
    name="lstm1997",
    title=N_("LSTM of 1997"),
    sentence=N_("The original: two gates, and a memory that only ever adds."),
    source="Hochreiter & Schmidhuber 1997, section 4 (without gate-to-gate connections)",
    traps=(
        N_("There is no forget gate; it came in 1999."),
        N_("Candidate and output are squashed to (-2, 2) and (-1, 1) by logistic functions."),
    ),
)

MGU = Cell(
    """
    f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
    h_tilde = tanh(W_h @ x + U_h @ (f * h_prev) + b_h)
    h = (1 - f) * h_prev + f * h_tilde
    """,
    name="mgu",
    title=N_("Minimal gated unit"),
    sentence=N_("One gate writes and resets at once."),
    source="Zhou et al. 2016, Minimal Gated Unit for Recurrent Neural Networks",
    traps=(N_("f = 1 overwrites here: the opposite of an LSTM's forget gate."),),
)

UGRNN = Cell(
    """
    g = sigmoid(W_g @ x + U_g @ h_prev + b_g)
    h_tilde = tanh(W_h @ x + U_h @ h_prev + b_h)
    h = g * h_prev + (1 - g) * h_tilde
    """,
    name="ugrnn",
    title=N_("Update gate RNN"),
    sentence=N_("A plain RNN whose new state is mixed with the old one by a gate."),
    source="Collins, Sohl-Dickstein & Sussillo 2017",
    traps=(N_("g = 1 keeps."),),
)

JANET = Cell(
    """
    u = W_f @ x + U_f @ h_prev + b_f
    f = sigmoid(u)
    i = 1 - sigmoid(u - 1)
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
    c = f * c_prev + i * c_tilde
    h = c
    """,
    name="janet",
    title=N_("JANET"),
    sentence=N_("Just the forget gate; writing follows from it, a little more generously."),
    source="van der Westhuizen & Lasenby 2018, with the authors' beta = 1",
    traps=(N_("f + i is larger than 1, so a memory can grow."),),
)

_MUT = "Jozefowicz, Zaremba & Sutskever 2015"
_MUT_TRAP = N_(
    "z = 1 overwrites. The paper's bare x is projected, W @ x, so that D may differ from H."
)

MUT1 = Cell(
    """
    z = sigmoid(W_z @ x + b_z)
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
    h_tilde = tanh(U_h @ (r * h_prev) + tanh(W_h @ x) + b_h)
    h = z * h_tilde + (1 - z) * h_prev
    """,
    name="mut1",
    title=N_("MUT1"),
    sentence=N_("Found by search: the update gate looks at the input only."),
    source=f"{_MUT}, MUT1",
    traps=(_MUT_TRAP,),
)
MUT2 = Cell(
    """
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
    h_tilde = tanh(U_h @ (r * h_prev) + W_h @ x + b_h)
    h = z * h_tilde + (1 - z) * h_prev
    """,
    name="mut2",
    title=N_("MUT2"),
    sentence=N_("With its input projected it is the GRU with reset before, z the other way round."),
    source=f"{_MUT}, MUT2",
    traps=(_MUT_TRAP,),
)
MUT3 = Cell(
    MUT2.with_("z = sigmoid(W_z @ x + U_z @ tanh(h_prev) + b_z)").text,
    name="mut3",
    title=N_("MUT3"),
    sentence=N_("Found by search: the update gate sees a squashed past."),
    source=f"{_MUT}, MUT3",
    traps=(_MUT_TRAP,),
)

_MIN = "Feng et al. 2024, Were RNNs All We Needed?"

MINGRU = Cell(
    """
    z = sigmoid(W_z @ x)
    h_tilde = W_h @ x
    h = (1 - z) * h_prev + z * h_tilde
    """,
    name="mingru",
    title=N_("minGRU"),
    sentence=N_("The gate looks at the input only, so all steps can be computed at once."),
    source=_MIN,
    traps=(N_("z = 1 overwrites. No biases, no squashing."),),
)
MINLSTM = Cell(
    """
    f = sigmoid(W_f @ x)
    i = sigmoid(W_i @ x)
    h_tilde = W_h @ x
    h = f / (f + i) * h_prev + i / (f + i) * h_tilde
    """,
    name="minlstm",
    title=N_("minLSTM"),
    sentence=N_("Both gates look at the input only and share one whole between them."),
    source=_MIN,
    traps=(N_("What keeps is f / (f + i), not f."),),
    roles={"f": "keep", "i": "write", "h_tilde": "candidate"},
)

SLSTM = Cell(
    """
    log_f = logsigmoid(W_f @ x + U_f @ h_prev + b_f)
    log_i = W_i @ x + U_i @ h_prev + b_i
    m = maximum(log_f + m_prev, log_i)
    f = exp(log_f + m_prev - m)
    i = exp(log_i - m)
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
    c = f * c_prev + i * c_tilde
    n = f * n_prev + i
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
    h = o * (c / n)
    """,
    name="slstm",
    title=N_("sLSTM"),
    sentence=N_("An exponential input gate; what is shown is a weighted mean of all candidates."),
    source="Beck et al. 2024, xLSTM (sLSTM with one head and sigmoid forget gate, stabilised)",
    traps=(
        N_("m only changes the units in which c and n are kept; it never changes h."),
        N_("f and i are the stabilised gates; the true ones are exp(log_f) and exp(log_i)."),
    ),
    roles={"f": "keep", "i": "write", "c_tilde": "candidate", "o": "show", "n": "other"},
)

CELLS = MappingProxyType(
    {
        cell.name: cell
        for cell in (
            *(RNN, LSTM, PEEPHOLE, COUPLED, GRU, GRU_RESET_BEFORE),
            *(NIG, NFG, NOG, NIAF, NOAF, CIFG, NP, FGR),
            *(LSTM1997, MGU, UGRNN, JANET, MUT1, MUT2, MUT3, MINGRU, MINLSTM, SLSTM),
        )
    }
)

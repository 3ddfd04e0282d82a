"""What the large comparisons of cells found, each with its source and how surely we know it.

*Toggle the cell* lists them, each beside what is measured here.
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.cells import CELLS
from lstm_viz.language import N_, _
from lstm_viz.networks.network import load, shipped
from lstm_viz.tasks import Task

# How surely a claim is known. What we could only remember is not printed at all.
CERTAINTY = {
    "V": N_("read in the source"),
    "V2": N_("from careful notes on the paper, not from the paper itself"),
    "C": N_("computed here"),
}

GREFF = "Greff et al. 2017, LSTM: A Search Space Odyssey (arXiv 1503.04069)"
JOZEFOWICZ = (
    "Jozefowicz, Zaremba & Sutskever 2015, An Empirical Exploration of Recurrent Network "
    "Architectures"
)
JANET = "van der Westhuizen & Lasenby 2018, The unreasonable effectiveness of the forget gate"
FENG = "Feng et al. 2024, Were RNNs All We Needed? (arXiv 2410.01201, versions 1 and 2)"


@dataclass(frozen=True)
class Claim:
    """One result of a paper. ``cells`` are the catalogue's cells that it speaks about."""

    text: str
    source: str
    certainty: str
    cells: tuple[str, ...]
    of_start: bool = False  # about how weights start, which networks that started alike do not test


CLAIMS = (
    Claim(
        N_(
            "5400 training runs on three data sets: none of eight variants is significantly better "
            "than the peephole LSTM."
        ),
        f"{GREFF}, abstract",
        "V",
        ("nig", "nfg", "nog", "niaf", "noaf", "cifg", "np", "fgr", "peephole"),
    ),
    Claim(
        N_("The forget gate and the output’s activation are its most critical parts."),
        f"{GREFF}, abstract",
        "V",
        ("nfg", "noaf"),
    ),
    Claim(
        N_("Coupling the gates, or leaving out the peepholes, costs nothing significant."),
        GREFF,
        "V2",
        ("cifg", "np"),
    ),
    Claim(
        N_(
            "Without input gate, output gate or input activation: significantly worse on speech "
            "(TIMIT) and handwriting (IAM), no significant effect on music (JSB)."
        ),
        GREFF,
        "V2",
        ("nig", "nog", "niaf"),
    ),
    Claim(
        N_("Full gate recurrence brings no gain and nine more matrices."),
        GREFF,
        "V2",
        ("fgr",),
    ),
    Claim(
        N_("The learning rate matters by far the most, then the number of units; momentum hardly."),
        GREFF,
        "V2",
        (),
    ),
    Claim(
        N_(
            "Of more than 10,000 architectures one beats the LSTM and the GRU on some tasks, but "
            "not on all."
        ),
        f"{JOZEFOWICZ}, abstract",
        "V",
        ("mut1", "mut2", "mut3", "gru", "lstm"),
    ),
    Claim(
        N_("Starting the forget gate’s bias at 1 closes the gap between the LSTM and the GRU."),
        f"{JOZEFOWICZ}, abstract",
        "V",
        ("lstm", "gru"),
        of_start=True,
    ),
    Claim(
        N_(
            "With the forget gate alone, its biases started as chrono: on MNIST read pixel by "
            "pixel 99%, on its permuted form 92.5%; their LSTM reached 98.5 and 91%."
        ),
        f"{JANET}, abstract",
        "V",
        ("janet",),
    ),
    Claim(
        N_("Gates that look at the input only train 175 times faster at length 512."),
        f"{FENG}, abstract",
        "V",
        ("minlstm", "mingru"),
    ),
)


def about(cell: str) -> tuple[Claim, ...]:
    """The claims that speak about this cell of the catalogue."""
    return tuple(claim for claim in CLAIMS if cell in claim.cells)


def measured_here(claim: Claim, task: Task) -> str:
    """What the shipped networks of a task scored, where they differ in what the claim is about."""
    known = {cell: load(task.name, cell) for name, cell in shipped() if name == task.name}
    compared = [known[cell] for cell in dict.fromkeys((*claim.cells, "lstm")) if cell in known]
    if not claim.cells or len(compared) < 2:
        return _("Not measured here.")
    starts = {network.training.get("forget_bias") for network in compared}
    if claim.of_start and len(starts) == 1:
        return _("Not tested here: all of these networks started alike, with the same forget bias.")
    score = task.score
    return _("Here, on “{task}”, {label}: {numbers}.").format(
        task=_(task.title),
        label=_(score.label),
        numbers=_(", ").join(
            f"{_(CELLS[network.cell.name].title)} {score.with_interval(network.metrics)}"
            for network in compared
        ),
    )

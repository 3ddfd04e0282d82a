"""What a run found is told on a card as a book would print it."""

from urllib.parse import parse_qsl

import pytest

from lstm_viz.gradients.decay import SCHEMES
from lstm_viz.networks.held import read_spans
from lstm_viz.networks.network import load
from lstm_viz.ui.cards import Printed
from lstm_viz.ui.lessons import names_of_pages
from lstm_viz.ui.variants.switches import OTHERS, cell_of_setting
from lstm_viz.words.myths import CARDS


@pytest.mark.parametrize(
    ("sentence", "number", "printed"),
    [
        ("{:.1e} of the gradient is left", 8.4e-6, "8.4 · 10⁻⁶ of the gradient is left"),
        ("they differ by at most {:.0e}.", 0.0, "they differ by at most 0."),
        ("at most {:.0e}.", 8e-17, "at most 8 · 10⁻¹⁷."),
        ("it has grown {:.0e} times", 1e12, "it has grown 1 · 10¹² times"),
        ("it has grown {:.3g} times", 1234.5, "it has grown 1.23 · 10³ times"),
        ("c changes by {:.0e}", -2e-5, "c changes by −2 · 10⁻⁵"),
        ("c stays at {:+.3f} … +0.120.", -0.099, "c stays at −0.099 … +0.120."),
        ("{:.0%} of all", 0.25, "25% of all"),
    ],
)
def test_a_number_has_a_minus_and_powers_of_ten(sentence, number, printed):
    assert sentence.format(Printed(number)) == printed


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.key)
def test_every_card_leads_to_a_page_on_which_it_is_tried(card):
    page, _mark, query = card.see.partition("?")
    said = dict(parse_qsl(query, strict_parsing=True))
    assert said.keys() <= set(names_of_pages()[page])
    if "switch" in said:
        assert said["switch"] in OTHERS or cell_of_setting(said["switch"]).lines
    if "start" in said:
        assert said["start"] in SCHEMES
    if "hold" in said:
        network = load("subject", "lstm")
        cells = [cell for cell, _weights in network.layers.values()]
        assert read_spans(said["hold"], cells, 25, network.hidden)

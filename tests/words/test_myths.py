"""Every card that an experiment can settle is settled by it, and nothing is printed from memory."""

from itertools import groupby

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.words.literature import CERTAINTY, CLAIMS, about
from lstm_viz.words.myths import CARDS

SETTLED = [card for card in CARDS if card.experiment]


@pytest.mark.parametrize("card", SETTLED, ids=lambda card: card.key)
def test_the_experiment_finds_what_the_card_says(card):
    outcome = card.experiment()
    assert outcome.holds is card.holds
    sentence = outcome.sentence.format(**outcome.numbers)
    assert "{" not in sentence
    numbers = [n for n in outcome.numbers.values() if isinstance(n, float)]
    assert np.isfinite(numbers).all()


def test_whoever_always_says_the_same_is_right_about_half_of_the_time():
    true = sum(card.holds for card in CARDS)
    assert abs(true - len(CARDS) / 2) <= 1
    runs = [len(list(same)) for _holds, same in groupby(card.holds for card in CARDS)]
    assert max(runs) <= 5  # nor do the answers stand in blocks
    assert len({card.key for card in CARDS}) == len(CARDS)


def test_nothing_is_said_without_a_source_or_from_memory():
    for said in (*CARDS, *CLAIMS):
        assert said.source
        assert said.certainty in CERTAINTY
    assert "M" not in CERTAINTY


def test_a_finding_speaks_about_cells_of_the_catalogue():
    assert {cell for claim in CLAIMS for cell in claim.cells} <= set(CELLS)
    assert any("critical" in claim.text for claim in about("nfg"))
    assert about("ugrnn") == ()


def outcome_of(key: str) -> dict:
    experiment = next(card.experiment for card in CARDS if card.key == key)
    assert experiment is not None
    return dict(experiment().numbers)


def test_a_forget_bias_of_1_is_a_half_life_of_2_2_steps():
    assert outcome_of("bias of one")["t"] == pytest.approx(np.log(2) / np.log1p(np.exp(-1)))


def test_an_untrained_lstm_vanishes_about_as_fast_as_an_untrained_rnn():
    left = outcome_of("vanishing")
    assert max(left.values()) < 1e-3
    assert 0.1 < left["lstm"] / left["rnn"] < 10


def test_a_shut_output_gate_leaves_only_the_product_of_f():
    found = outcome_of("closed output")
    assert found["lstm_whole"] == pytest.approx(found["lstm_product"], rel=1e-9)
    assert found["peephole_whole"] != pytest.approx(found["peephole_product"], rel=0.01)
    free = outcome_of("product of f")
    assert free["whole"] > 5 * free["product"]


def test_two_grus_with_the_same_weights_differ_as_torch_and_the_equations_say():
    assert 0.001 < outcome_of("reset")["apart"] < 0.1

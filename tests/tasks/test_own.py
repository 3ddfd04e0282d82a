"""What a person brings is learnt, or refused in words."""

import numpy as np
import pytest

from lstm_viz.tasks import task_of
from lstm_viz.tasks.own_series import own_series
from lstm_viz.tasks.own_text import OTHER, own_text


def test_the_last_tenth_of_a_text_is_never_trained_on():
    found = own_text("ab" * 500 + "xy" * 100)
    symbols = np.array(found.symbols)
    trained, kept = (d(np.random.default_rng(0), 50)[1] for d in (found.batch, found.held_out))
    assert set(symbols[kept].ravel()) == {"x", "y"}
    assert "a" in symbols[trained]


def test_rare_symbols_beyond_the_limit_share_one():
    text = "".join(chr(0x4E00 + k % 300) for k in range(200)) + "".join(map(chr, range(33, 500)))
    found = own_text(text)
    assert found.symbols is not None
    assert len(found.symbols) == 201
    assert OTHER in found.symbols


@pytest.mark.parametrize(
    ("text", "words"),
    [("short", "500 to 100000"), ("a" * 100_001, "100001 characters"), ("a" * 600, "repeated")],
)
def test_a_text_that_cannot_be_learnt_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        own_text(text)


@pytest.mark.parametrize("text", ["1 2 3", "1 " * 300, "1 2 x " * 200, "inf " * 300])
def test_a_series_that_cannot_be_learnt_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"series|same"):
        own_series(text)


def test_the_airline_passengers_are_enough():
    """A table that everybody has: 144 months, of which the last fifth is kept."""
    months = 100 + 2 * np.arange(144) + 30 * np.sin(np.arange(144) / 12 * 2 * np.pi)
    found = own_series(" ".join(f"{month:.0f}" for month in months))
    x, y = found.held_out(np.random.default_rng(0), 50)
    assert x.shape == y.shape
    last = (np.round(months[115:]) - found.centre) / found.spread
    np.testing.assert_allclose(np.unique(x), np.unique(last[:-1]), atol=1e-9)


def test_a_text_is_counted_once_however_often_its_run_is_looked_at():
    text = "a long text of somebody's own, " * 3000
    assert task_of("text", material=text) is task_of("text", material=text[:50] + text[50:])
    assert task_of("text", material=text[1:]) is not task_of("text", material=text)

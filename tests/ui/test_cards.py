"""What a run found is told on a card as a book would print it."""

import pytest

from lstm_viz.ui.cards import as_printed


@pytest.mark.parametrize(
    ("found", "printed"),
    [
        ("8.4e-06 of the gradient is left", "8.4 · 10⁻⁶ of the gradient is left"),
        ("they differ by at most 0e+00.", "they differ by at most 0."),
        ("at most 8e-17.", "at most 8 · 10⁻¹⁷."),
        ("it has grown 1e+12 times", "it has grown 1 · 10¹² times"),
        ("c stays at -0.099 … +0.120.", "c stays at −0.099 … +0.120."),
        ("1 - z in MUT1-3, Re-2017", "1 - z in MUT1-3, Re-2017"),
    ],
)
def test_a_number_has_a_minus_and_powers_of_ten(found, printed):
    assert as_printed(found) == printed

"""What is measured here stands beside a paper's claim only where it tests it."""

from dataclasses import replace

from lstm_viz.tasks import TASKS
from lstm_viz.words.literature import CLAIMS, measured_here

SUBJECT = TASKS["subject"]


def test_cells_that_started_alike_do_not_test_what_a_start_does():
    (claim,) = [claim for claim in CLAIMS if claim.of_start]
    assert "forget gate’s bias" in claim.text
    assert measured_here(claim, SUBJECT).startswith("Not tested here")
    assert "LSTM 100" in measured_here(replace(claim, of_start=False), SUBJECT)


def test_a_claim_about_cells_that_are_not_trained_here_is_not_measured():
    (claim,) = [claim for claim in CLAIMS if claim.cells == ("janet",)]
    assert "chrono" in claim.text
    assert measured_here(claim, SUBJECT) == "Not measured here."

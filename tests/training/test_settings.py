"""What a run may be asked for."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.tasks import TASKS, read_forward
from lstm_viz.training.run_folder import beginning
from lstm_viz.training.runs import jobs
from lstm_viz.training.settings import MOST_SECONDS, checked_settings, seconds_of_work, usual

MATERIAL = {"text": "A text of one's own. " * 40, "series": " ".join(map(str, range(300)))}


@pytest.mark.parametrize("task", read_forward())
def test_the_usual_settings_of_every_task_are_valid_and_take_less_than_a_minute(task):
    kind = TASKS[task].material
    settings = usual(task, material=MATERIAL[kind.kind] if kind else "")
    assert checked_settings(settings) == settings
    assert seconds_of_work(settings) < 60 < MOST_SECONDS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden": 1000}, "hidden is 1000"),
        ({"steps": 10**9}, "steps"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"cell": "../lstm"}, "not an equation"),
        ({"cell": 'h = __import__("os").system("sleep 60")'}, "cell is not|Line 1"),
        ({"cell": "h = 9 ** 9 ** 9 ** 9"}, "no weights"),
        ({"cell": "h = tanh(W_h @ x)\n" * 300}, "at most 4000 characters"),
        ({"cell": "h = " + " + ".join(["x"] * 99)}, "nested more than 30"),
        ({"seed": -1}, "seed"),
        ({"size": 5}, "from 10 to 200"),
        ({"material": "x"}, "no text of yours"),
        ({"more": 1}, "not known"),
        ({"hidden": 128, "steps": 20_000, "batch": 128, "size": 200}, "minutes of work"),
    ],
)
def test_what_is_out_of_bounds_is_refused_in_words(change, words):
    with pytest.raises(ValueError, match=words):
        checked_settings(usual("adding") | change)


def test_a_typed_cell_is_known_by_its_text_and_a_known_one_by_its_name():
    lstm, flat = CELLS["lstm"].text, "c = 0.9 * c_prev + W_c @ x\nh = tanh(c)"
    assert usual("adding", lstm) == usual("adding", "lstm")
    assert usual("adding", f"\n  {flat}\n\n")["cell"] == flat
    assert usual("adding", flat)["start"] == "plain", "it has no gate to be biased"
    assert jobs().name(usual("adding", flat)) != jobs().name(usual("adding", "rnn"))


def test_a_text_that_cannot_be_learnt_is_refused_before_it_is_queued():
    with pytest.raises(ValueError, match="characters"):
        checked_settings(usual("text", material=MATERIAL["text"]) | {"material": "short"})


def test_settings_that_mean_the_same_are_the_same_run():
    name = jobs().name
    plain = usual("adding") | {"start": "plain"}
    assert name(plain) == name(plain | {"forget_bias": 3.0})
    assert name(plain | {"clip": 1.0}) == name(plain | {"clip": 1})
    rnn = usual("adding", "rnn")
    assert rnn["start"] == "plain", "a plain RNN has no gate to be biased"
    assert name(rnn) == name(rnn | {"start": "chrono"})
    assert name(plain) != name(plain | {"seed": 1})


def test_to_go_on_from_a_trained_network_is_another_run_of_its_size():
    anew = usual("counting", "peephole")
    on = anew | {"start": "trained lstm"}
    assert checked_settings(on)["start"] == "trained lstm"
    assert jobs().name(on) != jobs().name(anew)
    with pytest.raises(ValueError, match="has 6 units"):
        checked_settings(on | {"hidden": 8})
    with pytest.raises(ValueError, match="No network"):
        checked_settings(on | {"start": "trained slstm"})
    with pytest.raises(ValueError, match="No network"):
        checked_settings(usual("adding") | {"start": "trained lstm"})


def test_the_plain_rnn_can_start_orthogonal_and_keeps_that_start():
    settings = checked_settings(usual("order", "rnn") | {"start": "orthogonal"})
    assert settings["start"] == "orthogonal"
    U = beginning(settings).layers[0, "forward"][1]["U_h"]
    np.testing.assert_allclose(U @ U.T, np.eye(len(U)), atol=1e-12)
    chrono = checked_settings(usual("order", "rnn") | {"start": "chrono"})
    assert chrono["start"] == "plain"

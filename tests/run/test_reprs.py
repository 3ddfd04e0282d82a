"""What a prompt shows of the things that the library gives: a line, not all their numbers."""

import numpy as np
import pytest
import torch
from safetensors.torch import save

import lstm_viz as lv
from lstm_viz.networks.network import load

TRACE = lv.run(lv.CELLS["lstm"], lv.init_weights(lv.CELLS["lstm"], 3, 8), np.ones((10, 1, 3)))
SUBJECT = load("subject", "lstm")


def of_a_file():
    module = torch.nn.Module()
    module.lstm, module.fc = torch.nn.LSTM(3, 64), torch.nn.Linear(64, 5)
    return lv.read_model(save(module.state_dict()))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: TRACE, "10 steps, 1 sequence, 8 units, 3 inputs"),
        (lambda: lv.record(torch.nn.LSTM(3, 64), torch.ones(500, 1, 3)), "500 steps"),
        (lambda: lv.gradient_flow(TRACE), "GradientFlow(Trace(lstm"),
        (lambda: lv.state_map(TRACE), "10 states of 8 units, 2 directions, "),
        (of_a_file, "LSTM: 1 layer, forward, 64 units, 3 inputs; head 5"),
        (lambda: lv.read_table(b"a,b\n" + b"1,2\n" * 1000), "1000 rows: a, b"),
        (lambda: SUBJECT, "Network('subject', Cell('lstm'); 1 layer, forward, "),
        (lambda: SUBJECT.task, "Task('subject')"),
        (lambda: lv.write(SUBJECT, "Tom", 300, seed=1), "1 given, 300 written, '"),
    ],
)
def test_it_is_one_line_that_says_how_large(made, words):
    shown = repr(made())
    assert words in shown
    assert len(shown) < 200
    assert "\n" not in shown

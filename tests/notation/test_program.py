"""The exported programs are run, alone and far from the project, and print what was run here."""

import ast
import json
import subprocess
import sys

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.notation.program import numpy_program, torch_program

PROGRAMS = {"numpy": numpy_program, "torch": torch_program}

# Runs every program of a folder; says what each printed and which bytes its weights became.
RUNNER = """
import contextlib, io, json, pathlib, runpy, sys
import numpy
told = {}
for path in pathlib.Path(sys.argv[1]).glob("*.py"):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        left = runpy.run_path(str(path))
    weights = {
        name: numpy.asarray(value).tobytes().hex()
        for name, value in left.items()
        if name[:2] in ("W_", "U_", "R_", "p_", "b_", "d_")
    }
    told[path.stem] = {"printed": printed.getvalue(), "weights": weights}
print(json.dumps(told))
"""

TYPED = {
    "names of its own": lv.Cell(
        """
        step = sigmoid(W_s @ x + U_s @ h_prev + b_s)
        print = tanh(W_p @ x + R_p @ range_prev)
        range = step * range_prev + (1 - step) * print
        run = exp(range) / (exp(range) + softplus(numpy))
        inputs = range - run * outputs_prev
        numpy = relu(inputs_prev) + 0.5
        outputs = -run * numpy
        stored = outputs * range_prev
        h_start = tanh(stored)
        h = h_start - h_prev ** 2
        """
    ),
    "every function": lv.Cell(
        """
        a = sigmoid(W_a @ x) + tanh(b_a) - relu(h_prev) * softplus(-h_prev)
        g = logsigmoid(a) / exp(-a) + log(abs(a) + 1) - sqrt(a * a)
        h = maximum(g, 0) - minimum(a, -0.25) + maximum(a, g) / 3 - minimum(2, g ** 2) / 7
        """
    ),
    "constants": lv.Cell(
        """
        one = 1
        two = sigmoid(2) - maximum(1 - 3, tanh(exp(-1)))
        h = one * tanh(W_h @ x) + two * h_prev + 1e-07
        """
    ),
    "no state": lv.Cell("h = tanh(W_h @ x)"),
    "no weights": lv.Cell("h = 0.5 * h_prev + 0.25"),
    "h is no state": lv.Cell("c = 0.9 * c_prev + W_c @ x\nh = tanh(c)"),
    "parentheses": lv.Cell(
        """
        a = b_a * (U_a @ (b_a - (h_prev - W_a @ x)))
        h = tanh(-(a + b_a) * (a - (b_a - a)) / (1 + a ** 2) - -a)
        """
    ),
    "out of order": lv.Cell("h = o * tanh(c)\nc = c_prev - o\no = sigmoid(W_o @ x)"),
    "a start of its own": lv.Cell(
        "m = 0.5 * m_prev\nh = W_h @ x + m", initial={"m": 3.0}, title='a "quoted" \\ title """'
    ),
}


def traces():
    """Name -> Trace: the catalogue, cells typed by hand, and every way to run one."""
    rng = np.random.default_rng(5)

    def run(cell, T=5, B=1, D=3, H=4, seed=0, **how):
        return lv.run(
            cell, lv.init_weights(cell, D, H, seed=seed), rng.normal(size=(T, B, D)), **how
        )

    lstm, free = lv.CELLS["lstm"], np.nan
    some_units = np.full((5, 2, 4), free)
    some_units[1:3, 0, 2], some_units[4, 1, 0] = 0.0, 0.125
    told = rng.normal(size=(5, 1, 4))
    state = {"c": rng.normal(size=(2, 4)), "h": rng.normal(size=4)}
    yield from ((name, run(cell)) for name, cell in lv.CELLS.items())
    yield from ((name, run(cell)) for name, cell in TYPED.items())
    yield "several sequences", run(lstm, B=3)
    yield "one unit, one input, one step", run(lstm, T=1, D=1, H=1)
    yield "from a state", run(lstm, B=2, state=state)
    yield "many numbers", run(lv.CELLS["peephole"], T=40, B=2, D=20, H=16)
    yield "a gate held open", run(lstm, hold={"f": np.ones(())})
    yield "some units held", run(lstm, B=2, hold={"f": some_units, "c": free * some_units})
    yield "the output held", run(lstm, hold={"h": np.where(told > 0, told, free), "o": told})
    yield (
        "memory held at every step",
        run(lv.CELLS["gru"], T=40, hold={"z": rng.random((40, 1, 4))}),
    )


TRACES = dict(traces())


@pytest.fixture(scope="module", params=PROGRAMS)
def told(request, tmp_path_factory):
    """What the programs of one library printed, and the trace each was made from."""
    folder = tmp_path_factory.mktemp(request.param)
    names = dict(enumerate(TRACES))
    for number, name in names.items():
        text = PROGRAMS[request.param](TRACES[name])
        (folder / f"{number}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", RUNNER, str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return {names[int(number)]: what for number, what in json.loads(done.stdout).items()}


def printed_h(told, name):
    lines = told[name]["printed"].splitlines()
    steps = [line.split(" ", 1) for line in lines]
    assert [int(step) for step, _ in steps] == list(range(len(lines)))
    return np.array([ast.literal_eval(numbers) for _, numbers in steps])


def test_the_programs_print_the_same_h(told):
    for name, trace in TRACES.items():
        np.testing.assert_allclose(
            printed_h(told, name), trace.h, rtol=1e-12, atol=1e-12, err_msg=name
        )


def test_the_weights_arrive_to_the_last_bit(told):
    for name, trace in TRACES.items():
        assert told[name]["weights"] == {
            weight: np.ascontiguousarray(values).tobytes().hex()
            for weight, values in trace.weights.items()
        }


@pytest.mark.parametrize("library", PROGRAMS)
def test_an_exported_lstm_is_torchs(library, tmp_path):
    torch.manual_seed(1)
    module = torch.nn.LSTM(3, 4, dtype=torch.float64)
    x = torch.randn(6, 2, 3, dtype=torch.float64)
    start = torch.randn(2, 1, 2, 4, dtype=torch.float64)
    with torch.no_grad():
        expected = module(x, (start[0], start[1]))[0].numpy()
    state = {"h": start[0, 0].numpy(), "c": start[1, 0].numpy()}
    trace = lv.run(lv.CELLS["lstm"], lv.weights_from(module), x.numpy(), state=state)
    program = tmp_path / "program.py"
    program.write_text(PROGRAMS[library](trace), encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-I", str(program)], capture_output=True, text=True, check=True
    ).stdout
    steps = [ast.literal_eval(line.split(" ", 1)[1]) for line in printed.splitlines()]
    np.testing.assert_allclose(np.array(steps), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("library", PROGRAMS)
@pytest.mark.parametrize("name", TRACES)
def test_a_program_needs_its_library_and_nothing_else(library, name):
    tree = ast.parse(PROGRAMS[library](TRACES[name]))
    imported: set[str | None] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported <= {library, "base64"}


@pytest.mark.parametrize("library", PROGRAMS)
@pytest.mark.parametrize("name", lv.CELLS)
def test_the_equations_stand_in_the_program_as_they_are_written(library, name):
    cell = lv.CELLS[name]
    step = PROGRAMS[library](TRACES[name]).partition("def step(")[2].partition("return")[0]
    code = [line.partition("  #")[0].strip() for line in step.splitlines()]
    ones = {f"{line.text} * {short}.ones(H)" for line in cell.lines for short in ("np", "torch")}
    assert [c for c in code if c in ones or c in cell.text.splitlines()] == [
        c for c in code if " = " in c
    ]
    assert [c.split(" = ")[0] for c in code if " = " in c] == [line.name for line in cell.order]


@pytest.mark.parametrize("library", PROGRAMS)
def test_what_is_held_can_be_read(library):
    program = PROGRAMS[library](TRACES["some units held"])
    assert "f_held[1:3, 0, 2] = 0.0\nf_held[4:5, 1, 0] = 0.125\n" in program
    assert "c_held" not in program
    assert "f_held[0:5] = 1.0\n" in PROGRAMS[library](TRACES["a gate held open"])

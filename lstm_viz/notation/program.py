"""A run as a program: Python text that runs alone and prints the same h.

The program is made to be read: the cell's equations as they are written, the loop over time, and
only then the numbers. NumPy's and PyTorch's differ in a few words.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from lstm_viz.cells.expressions import (
    INPUT,
    PAST,
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Text,
    names,
    walk,
)
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.text import MATRIX_OF_INPUT, Line, formula
from lstm_viz.run.trace import Trace

WIDTH = 96  # columns of a program
WRITTEN_OUT = 48  # numbers that are printed one by one; more are stored as bytes
SPANS = 16  # assignments that say what is held; more are stored as bytes


def numpy_program(trace: Trace) -> str:
    """The run as a program that needs only NumPy; it prints every h in full precision."""
    return _Program(trace, _NUMPY).text()


def torch_program(trace: Trace) -> str:
    """The run as a program that needs only PyTorch; it prints every h in full precision."""
    return _Program(trace, _TORCH).text()


@dataclass(frozen=True)
class _Library:
    """What the programs of two libraries do not share; ``{lib}`` is what the program calls it."""

    title: str
    name: str
    short: str
    array: str
    decoded: str
    setup: str
    tensors: bool  # whether its functions take no plain numbers

    def formula(self, function: str) -> Expression:
        """What computes a function of the table there."""
        row = FUNCTIONS[function]
        return formula(row.torch if self is _TORCH else row.numpy)

    def has(self, function: str) -> bool:
        """Whether the library has the function under the table's own name."""
        arguments = tuple(Name(argument) for argument in FUNCTIONS[function].arguments)
        return self.formula(function) == Apply(function, arguments)


_NUMPY = _Library(
    title="NumPy",
    name="numpy",
    short="np",
    array="array",
    setup="",
    decoded='{lib}.frombuffer(base64.b64decode(text), "<f8").reshape(shape)',
    tensors=False,
)

_TORCH = _Library(
    title="PyTorch",
    name="torch",
    short="torch",
    array="tensor",
    setup="{lib}.set_default_dtype({lib}.float64)",
    decoded="{lib}.frombuffer(bytearray(base64.b64decode(text)), dtype={lib}.float64)"
    ".reshape(shape)",
    tensors=True,
)


class _Code(Text):
    """Equations as they are written; ``prefix`` is what stands before a function's name."""

    def __init__(self, lib: str, tensors: bool, prefix: str = ""):
        self.lib, self.tensors, self.prefix = lib, tensors, prefix

    def call(self, node: Apply) -> str:
        arguments = ", ".join(map(self.argument, node.arguments))
        return f"{self.prefix}{node.function}({arguments})"

    def argument(self, node: Expression) -> str:
        """A tensor for a number where the library wants one."""
        varies = names(node) or any(isinstance(part, Apply) for part in walk(node))
        if varies or not self.tensors:
            return self.printed(node)
        number = repr(node.value) if isinstance(node, Number) else f"float({node})"
        return f"{self.lib}.tensor({number})"


class _Program:
    """The parts of one program; each method returns text.

    Inside ``step`` stand the cell's names, outside of it only its weights and states; every other
    name is chosen so that it is none of the cell's.
    """

    def __init__(self, trace: Trace, library: _Library):
        self.trace, self.cell, self.library = trace, trace.cell, library
        theirs = {*self.cell.names, *FUNCTIONS, INPUT}
        self.lib = _free(library.short, theirs)
        self.T, self.B, self.D, self.H, self.t, self.b = (_free(one, theirs) for one in "TBDHtb")
        self.step, self.run, self.stored, self.inputs, self.outputs, self.lengths = (
            _free(name, theirs)
            for name in ("step", "run", "stored", "inputs", "outputs", "lengths")
        )
        states = self.cell.states
        self.states = {state: _free(state, {"range", *(theirs - {state})}) for state in states}
        self.starts = {state: _free(f"{state}_start", theirs) for state in states}
        held = [name for name, values in trace.hold.items() if not np.isnan(values).all()]
        self.held = {name: _free(f"{name}_held", theirs) for name in held}
        parts = [part for line in self.cell.lines for part in walk(line.expression)]
        self.functions = sorted({part.function for part in parts if isinstance(part, Apply)})

    def text(self) -> str:
        numbers = self.numbers()
        stored = f"{self.stored}(" in numbers
        parts = [
            f"{self.introduction()}\n\n{self.imports(stored)}",
            *self.definitions(),
            *([self.decoder()] if stored else []),
            self.equations(),
            self.loop(),
            numbers,
        ]
        return "\n\n\n".join(parts) + "\n"

    def introduction(self) -> str:
        cell = self.cell
        said = [
            f"{cell.title or 'A recurrent cell'}, written out in {self.library.title}.",
            cell.sentence,
            textwrap.indent(cell.text, "    "),
            "NAME_prev is last step's value of NAME.",
            f"Source: {cell.source.rstrip('.')}." if cell.source else "",
            f"Held by hand over some steps: {', '.join(self.held)}." if self.held else "",
            "Read backward: the first step is the last of the sequence."
            if self.trace.is_backward
            else "",
            "Prints h step by step, for each sequence a list of units, in full precision.",
        ]
        text = "\n\n".join(paragraph for paragraph in said if paragraph)
        return '"""' + text.replace("\\", "\\\\").replace('"""', r"\"\"\"") + '\n"""'

    def imports(self, stored: bool) -> str:
        library = self.library
        called = f" as {self.lib}" if self.lib != library.name else ""
        lines = ["import base64", ""] if stored else []
        lines.append(f"import {library.name}{called}")
        ready = [name for name in self.functions if self.library.has(name)]
        if ready:
            lines.append(f"from {library.name} import {', '.join(ready)}")
        if library.setup:
            lines += ["", library.setup.format(lib=self.lib)]
        return "\n".join(lines)

    def definitions(self) -> Iterator[str]:
        """The functions that the library does not have, or has under another name."""
        code = _Code(self.lib, self.library.tensors, prefix=f"{self.lib}.")
        for name in self.functions:
            if self.library.has(name):
                continue
            row, value = FUNCTIONS[name], self.library.formula(name)
            meaning = f"  # {row.meaning}" if row.meaning else ""
            body = f"return {code.printed(value)}{meaning}"
            if not self.library.tensors and Apply("exp", (Negative(Name("a")),)) in walk(value):
                quiet = (
                    f'with {self.lib}.errstate(over="ignore"):  # 1 / (1 + infinity) is the right 0'
                )
                body = f"{quiet}\n        {body}"
            yield f"def {name}({', '.join(row.arguments)}):\n    {body}"

    def decoder(self) -> str:
        return (
            f"def {self.stored}(text, *shape):\n"
            '    """The numbers whose bytes the text holds: base64 of float64."""\n'
            f"    return {self.library.decoded.format(lib=self.lib)}"
        )

    def equations(self) -> str:
        reads = [INPUT, *(state + PAST for state in self.states), *self.held.values()]
        rows = [row for line in self.cell.order for row in self.equation(line)]
        column = max((len(code) for code, _ in rows if len(code) < WIDTH - 30), default=0)
        return "\n".join(
            [
                f"def {self.step}({', '.join(reads)}):",
                f'    """One step of one sequence; x is ({self.D},), all else ({self.H},)."""',
                *(f"    {code:{column}}  # {comment}" for code, comment in rows),
                f"    return {', '.join(self.handed_on())}",
            ]
        )

    def equation(self, line: Line) -> Iterator[tuple[str, str]]:
        """The code of a line, and what it is."""
        role = self.cell.called(line.name)
        yield f"{line.name} = {self.right_side(line.expression)}", f"({self.H},) {role}"
        if line.name in self.held:
            held = self.held[line.name]
            code = f"{line.name} = {self.lib}.where({self.lib}.isnan({held}), {line.name}, {held})"
            yield code, f"({self.H},) held by hand where there is a number"

    def right_side(self, node: Expression) -> str:
        code = _Code(self.lib, self.library.tensors)
        if names(node):
            return code.printed(node)
        return code.printed(Binary("*", node, Name(f"{self.lib}.ones({self.H})")))

    def handed_on(self) -> list[str]:
        """What a step returns: the states, and h if it is none of them."""
        return [*self.states, *({"h"} - {*self.states})]

    def loop(self) -> str:
        is_full = self.trace.lengths is None
        now = f"[{self.t}, {self.b}]"
        arrays = [f"{array}{now}" for array in (self.inputs, *self.held.values())]
        reads = ", ".join([arrays[0], *self.states.values(), *arrays[1:]])
        handed_on = ", ".join(self.states.get(name, name) for name in self.handed_on())
        lines = [
            f"def {self.run}({', '.join([self.inputs, *self.starts.values()])}):",
            f'    """h at every step of every sequence, ({self.T}, {self.B}, {self.H})'
            + ('."""' if is_full else '; 0 where it has ended."""'),
            f"    {self.outputs} = {self.lib}.zeros(({self.T}, {self.B}, {self.H}))",
            f"    for {self.b} in range({self.B}):",
            f"        for {self.t} in range({self.T if is_full else f'{self.lengths}[{self.b}]'}):",
            f"            {handed_on} = {self.step}({reads})",
            f"            {self.outputs}{now} = {self.states.get('h', 'h')}",
            f"    return {self.outputs}",
        ]
        if self.states:
            starts = ", ".join(f"{start}[{self.b}]" for start in self.starts.values())
            lines.insert(4, f"        {', '.join(self.states.values())} = {starts}")
        return "\n".join(lines)

    def numbers(self) -> str:
        trace, (T, B, D), H = self.trace, self.trace.x.shape, self.trace["h"].shape[2]
        sizes = f"{self.T}, {self.B}, {self.D}, {self.H} = {T}, {B}, {D}, {H}"
        given = ", ".join([self.inputs, *self.starts.values()])
        lines = [f"{sizes}  # steps, sequences, inputs, units"]
        if trace.lengths is not None:
            lines.append(f"{self.lengths} = {list(trace.lengths)}  # steps of each sequence")
        lines.append("")
        for name in self.cell.weight_names:
            axes = (self.H, self.D if name.startswith(MATRIX_OF_INPUT) else self.H)
            lines.append(self.array(name, trace.weights[name], *axes[: trace.weights[name].ndim]))
        x = trace.x if trace.is_over is None else np.where(trace.is_over, 0.0, trace.x)
        lines += ["", self.array(self.inputs, x, self.T, self.B, self.D)]
        for state, start in self.starts.items():
            lines.append(self.array(start, trace.initial[state], self.B, self.H))
        lines += [self.holding(name, trace.hold[signal]) for signal, name in self.held.items()]
        lines += ["", f"for {self.t}, h in enumerate({self.run}({given}).tolist()):"]
        return "\n".join([*lines, f"    print({self.t}, h)"])

    def array(self, name: str, values: np.ndarray, *axes: str) -> str:
        """The assignment of an array, exact to the last bit; ``axes`` names its shape."""
        shape = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
        if not values.any() and not np.signbit(values).any():
            return f"{name} = {self.lib}.zeros({shape})"
        if values.size > WRITTEN_OUT:
            text = base64.encodebytes(values.astype("<f8").tobytes()).decode()
            return f'{name} = {self.stored}("""\n{text}""", {", ".join(axes)})'
        opening = f"{name} = {self.lib}.{self.library.array}("
        if len(line := f"{opening}{values.tolist()})  # {shape}") <= WIDTH and values.ndim == 1:
            return line
        return f"{opening}[  # {shape}\n{_rows(values)}\n])"

    def holding(self, name: str, held: np.ndarray) -> str:
        """The assignments of an array that is mostly NaN."""
        axes = (self.T, self.B, self.H)
        spans = list(_spans(held))
        if len(spans) > SPANS:
            return f"{self.array(name, held, *axes)}  # nan: free"
        lines = [f'{name} = {self.lib}.full(({", ".join(axes)}), float("nan"))  # nan: free']
        return "\n".join([*lines, *(f"{name}[{where}] = {value!r}" for where, value in spans)])


def _free(name: str, taken: Container[str]) -> str:
    """The name, with as many underscores as make it none of those taken."""
    while name in taken:
        name += "_"
    return name


def _rows(values: np.ndarray) -> str:
    """The inside of a list of numbers, or of lists of them: a row a line, long ones folded."""
    entries = [repr(values.tolist())[1:-1]] if values.ndim == 1 else map(repr, values.tolist())
    return "\n".join(
        textwrap.fill(f"{entry},", WIDTH, initial_indent="    ", subsequent_indent="     ")
        for entry in entries
    )


def _spans(held: np.ndarray) -> Iterator[tuple[str, float]]:
    """The index and the value of every span of steps over which something is held.

    All sequences and units together where they are held alike, else one by one.
    """
    together = np.broadcast_to(held[:, :1, :1], held.shape)
    if np.array_equal(held, together, equal_nan=True):
        yield from _runs(held[:, 0, 0], "")
        return
    for b, unit in np.ndindex(held.shape[1:]):
        yield from _runs(held[:, b, unit], f", {b}, {unit}")


def _runs(values: np.ndarray, rest: str) -> Iterator[tuple[str, float]]:
    start = 0
    for text, run in groupby(map(repr, values.tolist())):
        stop = start + len(list(run))
        if text != "nan":
            yield f"{start}:{stop}{rest}", float(text)
        start = stop

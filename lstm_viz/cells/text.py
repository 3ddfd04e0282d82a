"""From the text of a cell to its checked lines.

The text may come from a stranger. It is measured before it is parsed, parsed once by the standard
library into a syntax tree, and that tree is copied node by node into our own; whatever has no
counterpart there is refused with a sentence. Nothing is ever executed.
"""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, cached_property, partial
from keyword import iskeyword

from lstm_viz.cells.errors import EquationError
from lstm_viz.cells.expressions import (
    INPUT,
    PAST,
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    names,
    summands,
    walk,
)
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.language import N_, Sentence

MAX_CHARACTERS = 4_000
MAX_LINES = 40
MAX_LINE = 400
MAX_NAME = 24
MAX_DEPTH = 30

MATRIX_OF_INPUT = "W_"
MATRIX_OF_STATE = ("U_", "R_")
VECTOR = ("p_", "b_", "d_")
WEIGHT = (MATRIX_OF_INPUT, *MATRIX_OF_STATE, *VECTOR)

# The letters of the shapes, and the attributes of a Trace: a signal called like one of them could
# not be reached. The past of a signal called b would read like the weight b_prev.
RESERVED = frozenset(
    {INPUT, "T", "B", "D", "H", "t", "np", "torch"}
    | {prefix.rstrip("_") for prefix in WEIGHT}
    | {"cell", "weights", "initial", "hold", "signals", "pre", "terms", "value", "past", "last"}
)

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_PARSING = threading.Lock()  # concurrent ast.parse fails at random on Python 3.11


@dataclass(frozen=True)
class Line:
    """One equation: the name it assigns and the expression on its right side."""

    name: str
    expression: Expression

    @property
    def text(self) -> str:
        """The equation as text."""
        return f"{self.name} = {self.expression}"

    @property
    def function(self) -> str | None:
        """The single outer function of the right side (``sigmoid``), or None."""
        outer = self.expression
        return outer.function if isinstance(outer, Apply) and len(outer.arguments) == 1 else None

    @property
    def pre(self) -> Expression:
        """The argument of that function, or the whole right side."""
        outer = self.expression
        return outer.arguments[0] if self.function and isinstance(outer, Apply) else outer

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every name on the right side."""
        return frozenset(names(self.expression))

    @cached_property
    def terms(self) -> dict[str, Expression]:
        """The top-level signed summands of ``pre`` by their text; equal ones are added up."""
        found: dict[str, Expression] = {}
        for sign, term in summands(self.pre):
            signed = term if sign > 0 else Negative(term)
            key = str(signed)
            found[key] = Binary("+", found[key], signed) if key in found else signed
        return found


def parse(text: str) -> tuple[Line, ...]:
    """The checked lines of a cell, in the author's order.

    Raises EquationError, which says what is wrong in which line, and what would be allowed.
    """
    numbered = _numbered(text)
    _check_names(numbered)
    lines = tuple(line for _number, line in numbered)
    in_order(lines)
    return lines


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a text, each well-formed in itself; whether they make a cell is not asked."""
    return tuple(line for _number, line in _numbered(text))


def line_numbers(text: str) -> dict[str, int]:
    """For each name the line of the text that assigns it, counted from 1."""
    return {line.name: number for number, line in _numbered(text)}


def parse_expression(text: str, known: set[str]) -> Expression:
    """One expression over the ``known`` names, checked like the right side of a line, or ``x``."""
    if text == INPUT:
        return Name(INPUT)
    where = _Where(lambda: Sentence(N_('In "{expression}"'), {"expression": text}))
    expression = _line(where, f"_ = {text}").expression
    for unknown in sorted(names(expression) - known):
        raise _unknown(where, unknown, known)
    return expression


@cache
def formula(text: str) -> Expression:
    """An expression of a function's row, over the functions of whatever library it is for."""
    with _PARSING:
        tree = ast.parse(text, mode="eval").body
    where = _Where(lambda: Sentence(N_('In the formula "{formula}"'), {"formula": text}))
    return _Reader(where, any_function=True).read(tree)


@dataclass(frozen=True)
class _Where:
    """The place that a complaint is about: in words, by its line, and by the name it assigns.

    The words are made when there is a complaint: printing every equation that is in order would
    take as long as reading it.
    """

    said: Callable[[], Sentence]
    line: int | None = None
    name: str | None = None

    def refuse(self, problem: str, /, **values: object) -> EquationError:
        """The error for this place; ``problem`` has names in braces for the ``values``."""
        why = Sentence(problem, values)
        return EquationError(
            N_("{where}: {why}"), line=self.line, name=self.name, where=self.said(), why=why
        )


def _numbered(text: str) -> list[tuple[int, Line]]:
    return [
        (number, _line(_Where(partial(_quoted, number, source), number), source))
        for number, source in _sources(text)
    ]


def _quoted(number: int, source: str) -> Sentence:
    return Sentence(N_('Line {number}, "{source}"'), {"number": number, "source": _short(source)})


def _sources(text: str) -> list[tuple[int, str]]:
    """The non-empty lines with their numbers, comments and indentation removed."""
    if not isinstance(text, str):
        raise EquationError(
            N_("A cell is a text of equations; got {given}."), given=type(text).__name__
        )
    if len(text) > MAX_CHARACTERS:
        raise EquationError(
            N_("The text has {count} characters; a cell may have at most {most}."),
            count=len(text),
            most=MAX_CHARACTERS,
        )
    sources = [
        (number, source.split("#", 1)[0].strip())
        for number, source in enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    ]
    sources = [(number, source) for number, source in sources if source]
    if not sources:
        raise EquationError(
            N_(
                "The cell has no equations. Write one to a line, for example "
                '"h = tanh(W_h @ x + U_h @ h_prev + b_h)".'
            )
        )
    if len(sources) > MAX_LINES:
        raise EquationError(
            N_("The cell has {count} lines; at most {most} are allowed."),
            count=len(sources),
            most=MAX_LINES,
        )
    return sources


def _line(where: _Where, source: str) -> Line:
    if len(source) > MAX_LINE:
        raise where.refuse(N_("the line is longer than {most} characters."), most=MAX_LINE)
    if not source.isascii():
        odd = next(character for character in source if not character.isascii())
        raise where.refuse(
            N_(
                "the character {odd!r} is not allowed; names are written with the letters a-z, "
                "digits and _ (write c_tilde, sigmoid, beta)."
            ),
            odd=odd,
        )
    _check_depth(where, source)
    try:
        with _PARSING:
            tree = ast.parse(source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise _unfinished(where, source) from None
    match tree:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)]:
            return Line(name, _Reader(replace(where, name=name)).read(value))
        case [ast.Expr() | ast.AugAssign()]:
            raise where.refuse(N_('this is not an equation; write "name = expression".'))
        case [_, _, *_]:
            raise where.refuse(
                N_("there is more than one statement; write one equation to a line.")
            )
    raise where.refuse(N_('only equations of the form "name = expression" are allowed.'))


def _check_depth(where: _Where, source: str) -> None:
    if sum(map(source.count, "([{+-~*")) <= MAX_DEPTH:
        return  # nearly always: so few signs cannot nest as deep
    depth = deepest = 0
    for character in source:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    signs = re.search(rf"(?:[-+~]\s*){{{MAX_DEPTH},}}", source)
    if deepest > MAX_DEPTH or signs or source.count("**") > MAX_DEPTH:
        raise where.refuse(N_("nested more than {most} deep."), most=MAX_DEPTH)


def _unfinished(where: _Where, source: str) -> EquationError:
    for name in re.findall(r"[A-Za-z_]+", source):
        if iskeyword(name):
            return where.refuse(
                N_("{word} is a word of the Python language and cannot be a name."), word=name
            )
    if source.count("(") != source.count(")"):
        return where.refuse(N_("the parentheses do not match."))
    last = source.rstrip()[-1]
    if last in "=+-*/@,":
        return where.refuse(
            N_('the line ends with "{sign}"; something is missing after it.'), sign=last
        )
    if "=" not in source:
        return where.refuse(N_('this is not an equation; write "name = expression".'))
    return where.refuse(
        N_(
            'this cannot be read as an equation. Write "*" between factors and "@" after a matrix, '
            'for example "f = sigmoid(W_f @ x + U_f @ h_prev + b_f)".'
        )
    )


def _short(source: str) -> str:
    return source if len(source) <= 60 else source[:57] + "..."


class _Reader:
    """Copies the standard library's syntax tree into ours, refusing what has no counterpart."""

    def __init__(self, where: _Where, any_function: bool = False):
        self.refuse, self.any_function = where.refuse, any_function
        self.depth = 0

    def read(self, node: ast.AST) -> Expression:
        self.depth += 1
        if self.depth > 2 * MAX_DEPTH:
            raise self.refuse(N_("nested more than {most} deep."), most=MAX_DEPTH)
        try:
            return self._read(node)
        finally:
            self.depth -= 1

    def _read(self, node: ast.AST) -> Expression:
        match node:
            case ast.Name(id=name):
                if name.startswith((MATRIX_OF_INPUT, *MATRIX_OF_STATE)):
                    raise self.refuse(
                        N_('{name} is a matrix; write "{name} @ ..." in parentheses.'), name=name
                    )
                if name == INPUT:
                    raise self.refuse(N_('x stands only behind a matrix, as in "W_f @ x".'))
                return Name(name)
            case ast.BinOp(op=ast.MatMult(), left=left, right=right):
                return self._product(left, right)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _OPERATORS:
                return Binary(_OPERATORS[type(op)], self.read(left), self.read(right))
            case ast.Call():
                return self._call(node)
            case ast.Constant(value=bool() as value):
                raise self.refuse(N_('"{value}" is not a number.'), value=value)
            case ast.Constant(value=int() | float() as value):
                return self._number(value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Number(-self._number(value).value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.read(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand)
        raise self.refuse(
            N_(
                "{what} is not allowed; an equation is made of names, numbers, + - * / ** @ and "
                "the functions {functions}."
            ),
            what=self._what(node),
            functions=", ".join(FUNCTIONS),
        )

    def _number(self, value: float) -> Number:
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if abs(number) > 1e6:
            raise self.refuse(N_("numbers larger than 1e6 are not allowed."))
        return Number(number)

    def _product(self, left: ast.AST, right: ast.AST) -> Expression:
        if isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub):
            return Negative(self._product(left.operand, right))
        if not isinstance(left, ast.Name):
            raise self.refuse(
                N_(
                    '"@" stands between one matrix and what it multiplies; put parentheses round '
                    'each product, as in "r * (U_h @ h_prev)".'
                )
            )
        weight = left.id
        if weight.startswith(MATRIX_OF_INPUT):
            if not (isinstance(right, ast.Name) and right.id == INPUT):
                raise self.refuse(
                    N_("{weight} multiplies x and nothing else; U_* multiplies states."),
                    weight=weight,
                )
            return Product(weight, Name(INPUT))
        if not weight.startswith(MATRIX_OF_STATE):
            raise self.refuse(
                N_('"{weight} @" is not a matrix; matrices are called W_* (before x), U_* or R_*.'),
                weight=weight,
            )
        if isinstance(right, ast.Name) and right.id == INPUT:
            raise self.refuse(
                N_('{weight} is (H, H) and cannot stand before x; write "W_* @ x".'), weight=weight
            )
        operand = self.read(right)
        if all(name.startswith(WEIGHT) for name in names(operand)):
            raise self.refuse(
                N_('behind "{weight} @" stands no signal; write for example "{weight} @ h_prev".'),
                weight=weight,
            )
        return Product(weight, operand)

    def _call(self, node: ast.Call) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(N_("only a function's plain name can be called."))
        function = node.func.id
        if function not in FUNCTIONS and not self.any_function:
            raise self.refuse(
                N_("the function {function} is not known; {hint}"),
                function=function,
                hint=_hint(function, FUNCTIONS, 0.6),
            )
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise self.refuse(
                N_("{function} takes no named or starred arguments."), function=function
            )
        wanted = len(node.args) if self.any_function else FUNCTIONS[function].arity
        if len(node.args) != wanted:
            one, more = N_("{wanted} argument"), N_("{wanted} arguments")
            raise self.refuse(
                N_("{function} takes {arguments}, not {given}."),
                function=function,
                arguments=Sentence(one if wanted == 1 else more, {"wanted": wanted}),
                given=len(node.args),
            )
        return Apply(function, tuple(self.read(argument) for argument in node.args))

    @staticmethod
    def _what(node: ast.AST) -> Sentence:
        words: dict[type[ast.AST], str] = {
            ast.Attribute: N_('a "." behind a name'),
            ast.Subscript: N_('an index "[...]"'),
            ast.Compare: N_("a comparison"),
            ast.BoolOp: '"and" / "or"',
            ast.IfExp: '"if ... else"',
            ast.Lambda: '"lambda"',
            ast.Constant: N_("this constant"),
            ast.BinOp: N_("this operator"),
            ast.UnaryOp: N_("this operator"),
        }
        return Sentence(words.get(type(node), N_("this")))


def _hint(unknown: str, known: Iterable[str], cutoff: float) -> Sentence:
    close = get_close_matches(unknown, known := sorted(known), n=1, cutoff=cutoff)
    listed = ", ".join(known)
    if close:
        return Sentence(N_("did you mean {close}?"), {"close": close[0]})
    if len(listed) > 200:
        return Sentence(N_("no line assigns it."))
    return Sentence(N_("known are {known}."), {"known": listed})


def _unknown(where: _Where, unknown: str, known: set[str]) -> EquationError:
    return where.refuse(
        N_(
            "nothing assigns {unknown}; {hint} "
            "(Weights are called W_* U_* R_* p_* b_* d_*; a number is written as a number.)"
        ),
        unknown=unknown,
        hint=_hint(unknown, known, 0.5),
    )


def _check_names(numbered: list[tuple[int, Line]]) -> None:
    assigned: dict[str, Line] = {}
    for number, line in numbered:
        where = _meant(number, line)
        _check_assigned(where, line.name)
        if line.name in assigned:
            raise where.refuse(
                N_(
                    '{name} is assigned twice (the first is "{first}"); each name has one equation.'
                ),
                name=line.name,
                first=_short(assigned[line.name].text),
            )
        assigned[line.name] = line
    known = set(assigned) | {name + PAST for name in assigned}
    for number, line in numbered:
        where = _meant(number, line)
        for name in sorted(line.reads - known - {INPUT}):
            _check_form(where, name)
            if not (name.startswith(WEIGHT) and len(name) > 2):
                raise _unknown(where, name, known)
    if "h" not in assigned:
        raise EquationError(
            N_(
                "No equation assigns h, the output of the cell; add one, for example "
                '"h = o * tanh(c)".'
            )
        )


def _meant(number: int, line: Line) -> _Where:
    """A line that is well-formed: it is quoted as it was understood."""

    def said() -> Sentence:
        return Sentence(N_('"{equation}"'), {"equation": _short(line.text)})

    return _Where(said, number, line.name)


def _check_form(where: _Where, name: str) -> None:
    if len(name) > MAX_NAME + len(PAST):
        raise _too_long(where, name)
    if not _IDENTIFIER.match(name) or "__" in name:
        raise where.refuse(
            N_("{name} cannot be a name; begin with a letter, no double _."), name=name
        )
    if name.startswith(WEIGHT) and name.endswith(PAST):
        raise where.refuse(
            N_("{name} would be the past of a weight; weights have no past."), name=name
        )


def _check_assigned(where: _Where, name: str) -> None:
    _check_form(where, name)
    if len(name) > MAX_NAME:
        raise _too_long(where, name)
    if name.endswith(PAST):
        raise where.refuse(
            N_("{past} is last step's {name} and cannot be assigned; assign {name}."),
            past=name,
            name=name.removesuffix(PAST),
        )
    if name.startswith(WEIGHT):
        raise where.refuse(
            N_("{name} is a weight's name; weights are learnt, not assigned."), name=name
        )
    if name in RESERVED or name in FUNCTIONS:
        raise where.refuse(
            N_("{name} has a meaning of its own here; choose another name."), name=name
        )


def _too_long(where: _Where, name: str) -> EquationError:
    return where.refuse(
        N_("the name {name} is longer than {most} characters."), name=_short(name), most=MAX_NAME
    )


def in_order(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines sorted by what they need; a circle within one step is refused.

    Lines that are ready at the same time keep the author's order.
    """
    waiting = list(lines)
    assigned = {line.name for line in lines}
    needs = {line.name: line.reads & assigned for line in lines}
    done: set[str] = set()
    ordered: list[Line] = []
    while waiting:
        ready = next((line for line in waiting if needs[line.name] <= done), None)
        if ready is None:
            raise _circle(waiting)
        waiting.remove(ready)
        done.add(ready.name)
        ordered.append(ready)
    return tuple(ordered)


def _circle(waiting: list[Line]) -> EquationError:
    needs = {line.name: line.reads & {other.name for other in waiting} for line in waiting}
    path = [waiting[0].name]
    while path[-1] not in path[:-1]:
        path.append(min(needs[path[-1]]))
    circle = path[path.index(path[-1]) :]
    said: str | Sentence = circle[-1]  # a name, which nobody translates
    for name in reversed(circle[:-1]):
        said = Sentence(N_("{name} needs {next}"), {"name": name, "next": said})
    return EquationError(
        N_("Within one step {path}: a circle. Write {past} where last step's value is meant."),
        path=said,
        past=circle[1] + PAST,
    )


def states_of(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """The names whose past some line reads, in the author's order."""
    read = set().union(*(line.reads for line in lines))
    return tuple(line.name for line in lines if line.name + PAST in read)


def weights_of(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """The weights' names in the order in which the text first mentions them."""
    found: dict[str, None] = {}
    for line in lines:
        for node in walk(line.expression):
            name = node.weight if isinstance(node, Product) else getattr(node, "id", "")
            if name.startswith(WEIGHT):
                found[name] = None
    return tuple(found)

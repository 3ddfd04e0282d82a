"""What the site says of the library is made from the library: its equations and its reference."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from html import escape
from typing import Any

import lstm_viz as lv
from lstm_viz.notation.typeset import mathml


def equations() -> str:
    """Every cell of the catalogue: what it is, its lines typeset, and the text they come from."""
    return "\n".join(map(_cell, lv.CELLS.values()))


def _cell(cell: lv.Cell) -> str:
    lines = "".join(mathml(line, "block") for line in cell.lines)
    text = "\n".join(f"{line.name} = {line.expression}" for line in cell.lines)
    numbers = f"{cell.count(10, 20):,} numbers with 10 inputs and 20 units."
    traps = "".join(f"- {trap}\n" for trap in cell.traps)
    return f"""## {cell.title} (`{cell.name}`)

{cell.sentence} {numbers}

<div class="equations">{lines}</div>

```text
{text}
```

{traps}
Source: {cell.source or "the field's own."}
"""


def reference() -> str:
    """Everything that ``import lstm_viz as lv`` offers, by name, from its own docstring."""
    names = [name for name in lv.__all__ if not name.startswith("_")]
    return "\n".join(_entry(name, getattr(lv, name)) for name in names)


def _entry(name: str, found: Any) -> str:
    if not callable(found):
        return (
            f"## lv.{name}\n\nThe cells of the catalogue by name: {', '.join(map(_code, found))}.\n"
        )
    parts = [f"## lv.{name}\n", _said(f"lv.{name}", found)]
    if inspect.isclass(found):
        parts += [f"### {called}\n\n{_doc(one)}\n" for called, one in _members(name, found)]
    return "\n".join(parts)


def _members(name: str, kind: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that say what they are."""
    for member, one in vars(kind).items():
        if member.startswith("_") or not inspect.getdoc(one):
            continue
        if inspect.isfunction(one):
            yield f".{member}{_arguments(one, skip=1)}", one
        elif isinstance(one, property) or hasattr(one, "func"):
            yield f".{member}", getattr(one, "func", one)


def _said(called: str, found: Any) -> str:
    return f"```text\n{called}{_arguments(found)}\n```\n\n{_doc(found)}\n"


def _arguments(found: Any, skip: int = 0) -> str:
    given = inspect.signature(found)
    kept = [one.replace(annotation=one.empty) for one in list(given.parameters.values())[skip:]]
    return str(given.replace(parameters=kept, return_annotation=given.empty))


def _doc(found: Any) -> str:
    return inspect.getdoc(found) or ""


def _code(name: str) -> str:
    return f"`{escape(name)}`"

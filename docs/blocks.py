"""The code in the pages: every block is run, and what its last line is worth stands below it.

The blocks of a page follow each other, as the cells of a notebook do. `tests/test_docs.py` runs the
same blocks, so that no page shows what does not work.
"""

from __future__ import annotations

import ast
import re
from html import escape
from typing import Any

BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
BESIDE_THE_SITE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+([^)#]*)\)")

FIGURE = '<div class="figure shown">'
LIBRARY = '<script src="_static/plotly.min.js"></script>'  # before the first figure of a page


def value_of(code: str, names: dict[str, Any], file: str) -> Any:
    """What the last line of the code is worth, if it is an expression; the rest is run before."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, file, "exec"), names)
    return eval(compile(ast.Expression(last.value), file, "eval"), names) if last else None


def with_results(page: str, file: str) -> str:
    """The page with what each block gives below it."""
    names: dict[str, Any] = {"__name__": file}

    def answered(found: re.Match[str]) -> str:
        return f"{found[0]}\n{html(value_of(found[1], names, file))}\n"

    answers = BLOCK.sub(answered, page)
    return answers.replace(FIGURE, LIBRARY + FIGURE, 1)


def html(value: Any) -> str:
    """A value as it is shown on a page, in Markdown."""
    if value is None:
        return ""
    opening = '<div class="shown">'
    if hasattr(value, "to_plotly_json"):
        opening, shown = FIGURE, value.to_html(full_html=False, include_plotlyjs=False)
    elif hasattr(value, "_repr_html_"):
        shown = value._repr_html_()
    else:
        shown = f"<pre>{escape(repr(value))}</pre>"
    return f"``````{{raw}} html\n{opening}{shown}</div>\n``````\n"


def in_the_site(page: str) -> str:
    """What a page links to in the repository is named: the site has the pages alone."""
    return BESIDE_THE_SITE.sub(r"\1 (`\2`)", page)

"""Joins the modules of a component into one script, and its style sheets into one.

A notebook and an exported page want one text that can import nothing. So each module becomes a
function that returns what it exports, in the order in which they need each other. The modules stay
plain ES modules: imports on one line, exports in front of declarations.

On a page, Streamlit sends a component's script along with everything that the component shows: the
stage's is 220 kB, with each choice, to each visitor. So what Streamlit is given (``module``) only
imports ``file``, which a browser fetches once and keeps: its name changes with what is in it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from lstm_viz.language import _
from lstm_viz.stage.theme import on_accent, theme

FOLDER = Path(__file__).parents[1] / "browser"
MARK = FOLDER / "mark.svg"  # the product's own: a unit that feeds itself through a gate
SHARE = FOLDER / "share.svg"
ENTRY = "stage"

_IMPORT = re.compile(r'^import \{ (.+) \} from "(\.[\w./]*/\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (default )?(?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE
)


@cache
def script(folder: Path = FOLDER, entry: str = ENTRY) -> str:
    """All modules in one script, which declares the function `mount`."""
    found = modules(folder, entry)
    joined = [_as_function(name, source) for name, source in found.items()]
    return "\n".join([*joined, f"const mount = {_variable(list(found)[-1])}.mount;"])


@cache
def file(entry: str) -> str:
    """An ES module that brings the entry's style sheets with it and mounts its component."""
    return FILE.format(script=script(entry=entry), css=json.dumps(styles(*STYLES[entry])))


@cache
def file_name(entry: str) -> str:
    """What ``file`` is called: another one whenever anything in it is."""
    return f"{entry}.{sha256(file(entry).encode()).hexdigest()[:16]}.js"


def module(entry: str) -> str:
    """The script as Streamlit wants it, whose default export mounts the component."""
    return MODULE.format(place=json.dumps(f"{PLACE}/{file_name(entry)}"))


def styles(*names: str) -> str:
    """These style sheets in one, behind the one that is made from the palette."""
    return "".join([theme(), *(_sheet(name) for name in names)])


def page_styles() -> str:
    """What Streamlit's own parts of a page are told."""
    mark, share = (quote(file.read_text(encoding="utf-8")) for file in (MARK, SHARE))
    menu = _("Menu")
    drawn = (
        f':root {{ --mark: url("data:image/svg+xml,{mark}"); '
        f'--share: url("data:image/svg+xml,{share}"); --menu: "{menu}"; }}\n'
    )
    return f"<style>{on_accent()}{drawn}{_sheet('page')}{_sheet('shell')}</style>"


def _sheet(name: str) -> str:
    return (FOLDER / "css" / f"{name}.css").read_text(encoding="utf-8")


STAGE_STYLES = ("stage", "unrolled", "opened")

# What a page mounts: the entry of the script, and the style sheets that it needs.
STYLES: Mapping[str, tuple[str, ...]] = {
    "stage": STAGE_STYLES,
    "glimpse": (*STAGE_STYLES, "glimpse"),
    "walk": STAGE_STYLES,
    "pair": (*STAGE_STYLES, "pair"),
    "stack": (*STAGE_STYLES, "stack"),
    "address": (),
    **{
        entry: (entry,)
        for entry in (
            "valves",
            "connections",
            "coloured_text",
            "editor",
            "lesson",
            "course",
            "curves",
            "forecast",
            "together",
            "share",
            "words",
            "sheets",
            "picture_button",
        )
    },
}

PLACE = "scripts"  # beside the pages, whatever path they lie below

MODULE = """const file = new URL({place}, window.location.href);
const {{ default: mount }} = await import(file.href);
export default mount;
"""

# A component lies in a tree of its own, which knows no style sheet of the page.
FILE = """{script}
const styles = new CSSStyleSheet();
styles.replaceSync({css});
export default function mountStyled(component) {{
  const place = component.parentElement.getRootNode();
  if (!place.adoptedStyleSheets.includes(styles)) place.adoptedStyleSheets.push(styles);
  return mount(component);
}}
"""


MARKUP = '<div class="stage">\n</div>'


def modules(folder: Path = FOLDER, entry: str = ENTRY) -> dict[str, str]:
    """The source of every module that the entry needs, each after those that it imports.

    A module's name is its path below the folder.
    """
    found: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"The modules import each other in a circle: {' > '.join(path)}.")
        if name in found:
            return
        source = (folder / f"{name}.js").read_text(encoding="utf-8")
        for _names, needed in _IMPORT.findall(source):
            visit(_beside(name, needed), (*path, name))
        found[name] = source

    visit(f"entries/{entry}", ())
    return found


def _beside(name: str, needed: str) -> str:
    """The module that ``name`` means by a path relative to its own."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), needed))


def _variable(name: str) -> str:
    return f"${name.replace('/', '_')}"


def _as_function(name: str, source: str) -> str:
    exported = [found for _default, found in _EXPORT.findall(source)]
    body = _EXPORT.sub("", source)
    body = _IMPORT.sub(
        lambda found: (
            f"const {{ {found[1].replace(' as ', ': ')} }} = {_variable(_beside(name, found[2]))};"
        ),
        body,
    )
    left = re.search(r"^(import|export)\b.*", body, re.MULTILINE)
    if left:
        raise ValueError(f"{name}.js: this cannot be joined, write it on one line: {left.group()}")
    return f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();"

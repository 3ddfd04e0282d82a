"""The style sheet that is made from the palette: no other one names a role's or the page's colour.

Its variables stand once for a light page and once for a dark one; the script says on the root of a
view which of the two it is on (``browser/math/colours.js``) and reads what it paints from there.
"""

from __future__ import annotations

from collections.abc import Mapping

from lstm_viz.cells.roles import ROLES
from lstm_viz.colours import (
    ACCENT,
    BORDER,
    LAYER,
    MUTED,
    NEGATIVE,
    PAGE,
    POSITIVE,
    SURFACE,
    TEXT,
    Colour,
)

# What Streamlit says by these names wherever it shows a component.
STREAMLIT = {
    "st-background-color": PAGE,
    "st-secondary-background-color": SURFACE,
    "st-text-color": TEXT,
    "st-border-color": BORDER,
    "st-primary-color": ACCENT,
}


# A word of the glossary in any text (browser/entries/words.js): marked without touching the text.
EXPLAINED = (
    "::highlight(explained) { text-decoration: underline dotted; text-decoration-thickness: 1px; "
    "text-underline-offset: 0.2em; }"
)


def theme() -> str:
    """What every view needs: the colours, for what has a role its ``--hue``, the least type."""
    named = {f"role-{key}": role.colour for key, role in ROLES.items()}
    named |= {"positive": POSITIVE, "negative": NEGATIVE, "muted": MUTED, "layer": LAYER}
    rules = [
        f":host, :root {{ --roles: {' '.join(ROLES)}; {_declared(named, dark=False)} }}",
        f'[data-scheme="dark"] {{ {_declared(named, dark=True)} }}',
        *(f'[data-role="{key}"] {{ --hue: var(--role-{key}); }}' for key in ROLES),
        ":host, :root { --least: 12px; }",
        EXPLAINED,
        "@media (min-width: 1700px) { :host, :root { --least: 14px; } }",
    ]
    return "\n".join(rules) + "\n"


def streamlits_theme() -> str:
    """For a page without Streamlit: what its theme would say, as the reader prefers it."""
    light, dark = (f":root {{ {_declared(STREAMLIT, dark)} }}" for dark in (False, True))
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"


def notebooks_theme() -> str:
    """For a widget: what Streamlit's theme would say, on a page that is as dark as it is."""
    rules = ((":host", False), (":host([data-dark])", True))
    return "".join(f"{where} {{ {_declared(STREAMLIT, dark)} }}\n" for where, dark in rules)


def on_accent() -> str:
    """For Streamlit's own buttons: their words in the page's colour.

    White on the light blue of the dark theme has a contrast of 2.2; the dark page's own, 8.4.
    """
    filled = '[data-testid="stBaseButton-primary"]:enabled, .stMultiSelect [data-tag]'
    on_filled = f"{filled} {{ color: light-dark({PAGE.light}, {PAGE.dark}); }}\n"
    return f"{on_filled}{_written()}{EXPLAINED}\n"


def _written() -> str:
    """For Streamlit's captions and programs, whose own colours have a contrast of 2.2 to 4.3."""
    captions = '[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p'
    program = ".stCode .token:not(.inserted, .deleted)"
    numbers = ".stCode .token:is(.number, .boolean, .keyword, .builtin)"
    gone, new = (f".stCode .token:is({kind}, {kind} *)" for kind in (".deleted", ".inserted"))
    said = (
        (captions, MUTED),
        (program, TEXT),
        (numbers, ACCENT),
        (".stCode .comment", MUTED),
        (gone, MUTED),
        (new, TEXT),
    )
    rules = (
        f"{of} {{ color: light-dark({c.light}, {c.dark}) !important; opacity: 1; }}"
        for of, c in said
    )
    return "\n".join(rules) + "\n"


def _declared(colours: Mapping[str, Colour], dark: bool) -> str:
    return " ".join(f"--{name}: {colour.on(dark)};" for name, colour in colours.items())

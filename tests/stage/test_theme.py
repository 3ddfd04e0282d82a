"""The style sheet that is made from the palette is the only one that names a colour of it."""

import re

import pytest

from lstm_viz import colours
from lstm_viz.cells.roles import ROLES
from lstm_viz.colours import Colour
from lstm_viz.stage import bundle
from lstm_viz.stage.theme import on_accent, streamlits_theme, theme

SOURCES = sorted([*bundle.FOLDER.glob("*/*.js"), *bundle.FOLDER.glob("css/*.css")])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def variables(sheet: str, selector: str) -> dict[str, str]:
    """What a rule declares; each of its names once."""
    block = re.search(re.escape(selector) + r" \{ (.*?) \}", sheet)
    assert block, selector
    declared = re.findall(r"--([\w-]+): (.*?);", block[1])
    assert len(declared) == len(dict(declared))
    return dict(declared)


@SCHEMES
def test_each_role_and_each_sign_has_its_colour(scheme):
    found = variables(theme(), {"light": ":root", "dark": '[data-scheme="dark"]'}[scheme])
    for key, role in ROLES.items():
        assert found[f"role-{key}"] == getattr(role.colour, scheme)
    for name in ("positive", "negative", "muted", "layer"):
        assert found[name] == getattr(getattr(colours, name.upper()), scheme)


def test_what_has_a_role_has_its_hue():
    for key in ROLES:
        assert variables(theme(), f'[data-role="{key}"]') == {"hue": f"var(--role-{key})"}
    assert variables(theme(), ":root")["roles"].split() == list(ROLES)


def test_every_style_sheet_stands_behind_it():
    assert bundle.styles("stage").startswith(theme())


def test_without_streamlit_the_page_has_the_colours_of_its_theme():
    light, dark = streamlits_theme().split("@media (prefers-color-scheme: dark)")
    for sheet, scheme in ((light, "light"), (dark, "dark")):
        found = variables(sheet, ":root")
        assert found["st-background-color"] == getattr(colours.PAGE, scheme)
        assert found["st-text-color"] == getattr(colours.TEXT, scheme)


def test_words_on_a_filled_button_have_the_colour_of_the_page():
    assert f"light-dark({colours.PAGE.light}, {colours.PAGE.dark})" in on_accent()
    assert on_accent() in bundle.page_styles()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_script_and_no_other_style_sheet_names_a_colour_or_lists_the_roles(source):
    text = source.read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text)
    assert not re.search(rf"--role-({'|'.join(ROLES)})\b|data-role=\"", text)


def test_no_module_but_the_palette_and_the_roles_names_a_colour():
    library = bundle.FOLDER.parent
    named = {
        path.relative_to(library).as_posix()
        for path in library.rglob("*.py")
        if re.search(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))
    }
    assert named == {"colours.py", "cells/roles.py"}


def test_the_palette_has_a_light_and_a_dark_side_throughout():
    everything = [value for value in vars(colours).values() if isinstance(value, Colour)]
    assert everything
    for colour in [*everything, *colours.HUES]:
        assert re.fullmatch(r"#[0-9a-f]{6}", colour.light)
        assert re.fullmatch(r"#[0-9a-f]{6}", colour.dark)

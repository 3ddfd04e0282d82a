"""Streamlit's typefaces, as much of them as is shown: `make icons` writes them anew.

Its typeface of icons has 4,000 of them in 375 kB, which every first visitor waits for. Kept are
those that Streamlit's own scripts or this app could name: each word between quotes in the scripts
that is an icon's name, too many rather than too few. `web/compressed.py` sends what is written here
in the place of Streamlit's file of just this version, and a test says when an icon is missing.

The typeface of its text has 170 kB, and is the last resort for each sign that ours is without, 中
for one; it is without that as well. In its place goes one with nothing in it, and the browser goes
on to those of the system.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
STATIC = Path(streamlit.__file__).parent / "static" / "static"
FONTS = ROOT / "lstm_viz" / "ui" / "static" / "fonts"
SPELT_WITH = "abcdefghijklmnopqrstuvwxyz0123456789_"
# Charts and diagrams, whose many words are never icons.
NO_ICONS = re.compile(
    "Plotly|DeckGl|ECharts|GraphViz|Syntax|elk|cytoscape|iagram|embed|chunk-|katex"
)


def named_in_scripts(names: set[str]) -> set[str]:
    """Those of the icons' names that Streamlit's scripts hold."""
    found = set()
    for script in (STATIC / "js").glob("*.js"):
        text = script.read_text(encoding="utf-8", errors="replace")
        found |= set(re.findall(r"material/([a-z0-9_]+)", text))
        if not NO_ICONS.search(script.name):
            found |= set(re.findall(r"[\"'`]([a-z0-9_]{3,40})[\"'`]", text))
    return found & names


def named_here() -> set[str]:
    """Those that this app names."""
    files = [*ROOT.glob("lstm_viz/**/*.py"), *ROOT.glob("pages/*.py")]
    return {
        name
        for file in files
        for name in re.findall(r":material/([a-z0-9_]+):", file.read_text(encoding="utf-8"))
    }


def ligatures(font: TTFont) -> dict[str, str]:
    """The glyph that is drawn in the place of each icon's name."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    tables = (table for lookup in font["GSUB"].table.LookupList.Lookup for table in lookup.SubTable)
    found = {}
    for table in (getattr(table, "ExtSubTable", table) for table in tables):
        for first, rest in getattr(table, "ligatures", {}).items():
            for one in rest:
                parts = (letters.get(part, "?") for part in (first, *one.Component))
                found["".join(parts)] = one.LigGlyph
    return found


def write_empty() -> None:
    font = FontBuilder(1000)
    font.setupGlyphOrder([".notdef"])
    font.setupCharacterMap({})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph()})
    font.setupHorizontalMetrics({".notdef": (500, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Nothing", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.font.flavor = "woff2"
    font.font.save(FONTS / "empty.woff2")


def main() -> None:
    write_empty()
    (whole,) = (STATIC / "media").glob("MaterialSymbols-Rounded.*.woff2")
    font = TTFont(whole)
    glyphs = ligatures(font)
    kept = sorted(named_in_scripts(set(glyphs)) | named_here())
    options = subset.Options(
        flavor="woff2", layout_closure=False, layout_features=["*"], hinting=False
    )
    smaller = subset.Subsetter(options)
    smaller.populate(glyphs=[glyphs[name] for name in kept], text=SPELT_WITH + " ")
    smaller.subset(font)
    subset.save_font(font, str(FONTS / "icons.woff2"), options)
    (FONTS / "icons.txt").write_text("\n".join([whole.name, *kept, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()

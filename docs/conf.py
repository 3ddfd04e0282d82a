"""The site: `make docs` builds it into build/docs/. A dead link or a failing block is an error."""

import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent), str(DOCS)]

import blocks
import generated
import plotly

import lstm_viz as lv

project, version, author = "LSTM Viz", lv.__version__, "The LSTM Viz maintainers"
copyright = f"2026 {author}"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
nitpicky = True
myst_heading_anchors = 2

MADE = {"cells": generated.equations, "reference": generated.reference}


def make_page(_app, name, source):
    """What a page has from the library, and what its blocks give, before it is read."""
    page = blocks.in_the_site(source[0])
    if not name.startswith("add-"):  # the guides change the library; a test runs their blocks
        page = blocks.with_results(page, name)
    source[0] = page + MADE.get(name, str)()


class Links(HTMLParser):
    """The addresses on a page, and the places on it that an address can name."""

    def __init__(self, page):
        super().__init__()
        self.links, self.places = [], {""}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.places |= {given.get("id"), given.get("name")}
        self.links += [given[name] for name in ("href", "src") if given.get(name)]


def check_links(app, failed):
    """Every link on every page leads to a file of the site, and to a place that is there."""
    if failed or app.builder.name != "html":
        return
    site = Path(app.outdir)
    pages = {file: Links(file.read_text("utf-8")) for file in site.rglob("*.html")}
    dead = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not there.exists() or (
                there in pages and unquote(parts.fragment) not in pages[there].places
            ):
                dead.append(f"{file.name}: {link}")
    if dead:
        raise ValueError(f"Dead links: {', '.join(sorted(set(dead)))}")


def setup(app):
    folder = Path(app.outdir) / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", folder)
    app.connect("source-read", make_page)
    app.connect("build-finished", check_links)

"""What a page draws is fetched once, and what is no script of ours is left alone."""

import pytest

from lstm_viz.stage import bundle
from lstm_viz.web.scripts import Scripts, compressed
from tests.web.asgi import Inner, ask


@pytest.mark.parametrize("below", ["", "/lstm", "/user/ann/proxy/8501"])
def test_a_script_is_found_below_any_path_and_kept_for_good(below):
    inner = Inner()
    path = f"{below}/{bundle.PLACE}/{bundle.file_name('valves')}"
    status, body, found = ask(Scripts(inner), path)
    assert (status, body) == (200, bundle.file("valves"))
    assert found["content-type"].startswith("text/javascript")
    assert "immutable" in found["cache-control"]
    status, _, found = ask(Scripts(inner), path, accept_encoding="gzip")
    assert found["content-encoding"] == "gzip"
    assert int(found["content-length"]) == len(compressed("valves")) < len(body.encode()) / 2
    assert inner.scopes == []


def test_a_page_of_an_earlier_version_gets_this_one_which_is_not_kept():
    path = f"/{bundle.PLACE}/valves.0123456789abcdef.js"
    status, body, found = ask(Scripts(Inner()), path)
    assert (status, body) == (200, bundle.file("valves"))
    assert found["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/stage",
        f"/{bundle.PLACE}/",
        f"/{bundle.PLACE}/valves.js",
        f"/{bundle.PLACE}/nothing.0123456789abcdef.js",
        f"/{bundle.PLACE}/../stage.0123456789abcdef.js",
        f"/{bundle.PLACE}/{bundle.file_name('valves')}/more",
        "/static/js/valves.0123456789abcdef.js",
    ],
)
def test_all_else_is_left_to_streamlit(path):
    assert ask(Scripts(Inner()), path)[1] == "inner"


def test_what_is_put_there_is_left_to_streamlit():
    path = f"/{bundle.PLACE}/{bundle.file_name('valves')}"
    assert ask(Scripts(Inner()), path, method="POST")[1] == "inner"

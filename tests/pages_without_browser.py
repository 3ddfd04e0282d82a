"""A page as Streamlit's own tests run it, without a browser."""

from streamlit.testing.v1 import AppTest

from tests.serving import ROOT

MAIN = ROOT / "lstm_viz" / "ui" / "main.py"


def opened(page: str, **address: str | list[str]) -> AppTest:
    """The page of this name at an address, after its script has run without an error."""
    at = AppTest.from_file(str(MAIN), default_timeout=200)
    at.switch_page(str(ROOT / "pages" / f"{page}.py"))
    for name, value in address.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, page
    return at

"""The menu and the folder say the same."""

from lstm_viz.ui.navigation import HOME, PAGES, PAGES_FOLDER
from tests.serving import ROOT


def test_every_page_in_the_folder_is_in_the_menu_but_the_front_door():
    assert {page.file for page in (*PAGES, HOME)} == set(PAGES_FOLDER.glob("*.py"))


def test_no_two_pages_share_an_address_or_a_title():
    assert len({page.address for page in PAGES}) == len(PAGES)
    assert len({page.title for page in PAGES}) == len(PAGES)


def test_no_pages_folder_lies_beside_the_main_script():
    """Streamlit would serve an address opened first in a fresh process without the main script."""
    assert not (ROOT / "lstm_viz" / "ui" / "pages").exists()

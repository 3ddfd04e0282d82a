"""What of a page shuts someone out: axe-core's findings, as lines that say which rule and where.

axe-core is Deque's, the rules are those of WCAG 2.2 and its own of good practice. Contrast is
measured by `legible`, which sees what lies behind a text in a drawing or on a canvas, too.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What scrolls can be reached by keys in the browsers of today without being told so.
NOT_ASKED = ("color-contrast", "scrollable-region-focusable")
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {rule: {"enabled": False} for rule in NOT_ASKED},
}
# Streamlit's own, against three rules of good practice: the link that leads past the menu stands
# before all regions, what a file is dropped on is said to be nothing and has a name, and the menu
# of a phone is there while it is folded.
STREAMLITS = ("stSkipToContent", "stFileUploaderDropzone", "stSidebarNav")
LEFT_OUT = {"exclude": [[f"[data-testid={part}]"] for part in STREAMLITS]}
SHOWN = 3  # places that a line names


def violations(page: Page) -> list[str]:
    """One line for each rule that is broken: its name, what it says, and the first places."""
    found = Axe().run(page, context=LEFT_OUT, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}, {len(rule['nodes'])} times: "
        + " | ".join(node["html"][:160] for node in rule["nodes"][:SHOWN])
        for rule in found
    ]

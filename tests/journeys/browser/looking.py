"""What can be seen wrong with a page in a browser."""

from axe_playwright_python.sync_playwright import Axe


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found]


def sideways(page):
    """How far the page is wider than its window, in pixels. The body leaves out the gutter kept for a scroll bar."""
    return page.evaluate(
        "Math.max(0, document.documentElement.scrollWidth - Math.ceil(document.body.getBoundingClientRect().right))"
    )

"""What can be seen wrong with a page in a browser."""

from axe_playwright_python.sync_playwright import Axe


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found]


def sideways(page):
    """How far something sticks out, in pixels: the page out of its window, or a button's words out of the button.
    The body leaves out the gutter kept for a scroll bar.
    """
    return page.evaluate(
        """() => Math.max(0,
            document.documentElement.scrollWidth - Math.ceil(document.body.getBoundingClientRect().right),
            ...[...document.querySelectorAll('.kern-btn')].filter(each => each.offsetParent)
                .map(each => each.scrollWidth - each.clientWidth - 1))"""
    )

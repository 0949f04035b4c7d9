"""Pages worked by the keyboard alone."""

import re

from django.utils import timezone

NAME = """() => {
    const at = document.activeElement
    const named = at.labels?.length ? [...at.labels].map(each => each.textContent).join(" ") : at.textContent
    return named.replace(/\\s+/g, " ").trim()
}"""


class Keys:
    """Hands that have no mouse."""

    def __init__(self, page):
        self.page = page

    def go(self, name):
        """Tab on to what is called so."""
        seen = []
        for _step in range(120):
            self.page.keyboard.press("Tab")
            if re.match(rf"{re.escape(name)}\b", self.page.evaluate(NAME)):
                assert self.page.evaluate("document.activeElement.matches(':focus-visible')")
                return
            seen.append(self.page.evaluate(NAME))
        raise AssertionError(f"no way by Tab to: {name}; {seen}")

    def type(self, name, text):
        self.go(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def moment(self, name, moment):
        """A field of day and hour, part by part, in the order in which this browser's language has them."""
        self.go(name)
        local = timezone.localtime(moment)
        for day, hour in (("%d%m%Y", "%H%M"), ("%m%d%Y", "%I%M%p")):
            self.page.keyboard.type(format(local, day))
            self.page.keyboard.press("ArrowRight")
            self.page.keyboard.type(format(local, hour))
            if self.page.evaluate("document.activeElement.value") == f"{local:%Y-%m-%dT%H:%M}":
                return
            for _part in range(6):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{name} takes no keys")

    def day(self, name, day):
        """A field of a day, in the order in which this browser's language has its parts."""
        self.go(name)
        for written in ("%d%m%Y", "%m%d%Y"):
            self.page.keyboard.type(format(day, written))
            if self.page.evaluate("document.activeElement.value") == day.isoformat():
                return
            for _part in range(3):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{name} takes no keys")

    def press(self, name, key="Enter"):
        self.go(name)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

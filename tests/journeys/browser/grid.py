"""The grid as a person works in it: cells by row and field, what is said at them, the clipboard."""


def cell(row, field):
    return f"#r{row.pk} td[data-field={field}]"


def field(row, name):
    """The field of a cell, as it stands there without scripts."""
    return f"[name=r{row.pk}-{name}]"


def go(page, row, name):
    page.click(f"{cell(row, name)} .t", position={"x": 2, "y": 8})


def shown(page, row, name):
    return page.inner_text(f"{cell(row, name)} .t")


def said(page, row):
    return page.inner_text(f"#r{row.pk} .c-save")


def place(page):
    """Which cell has the focus, by row and field."""
    return page.evaluate("[document.activeElement.closest('tr')?.id, document.activeElement.dataset.field]")


def saved(page, row):
    page.wait_for_selector(f"#r{row.pk} .ozg-save--ok")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def paste(page, row, name, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    go(page, row, name)
    press(page, "Escape", "Escape", "Control+V")  # on a card a tap opens the list


def choose(page, row, name, words):
    """By F2 from the list, as with the mouse."""
    go(page, row, name)
    press(page, "F2")
    page.select_option(f"{cell(row, name)} select", label=words)
    press(page, "Escape")

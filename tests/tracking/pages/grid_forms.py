"""The grid's forms as a page holds them, and what is sent of them."""

from html.parser import HTMLParser


class Fields(HTMLParser):
    """What a browser would send for the form of the page, and the rows it shows."""

    def __init__(self):
        super().__init__()
        self.sent, self.names, self._select, self._text = {}, [], None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input" and attrs.get("name") and attrs.get("type") not in ("checkbox", "radio", "search"):
            self.sent.setdefault(attrs["name"], []).append(attrs.get("value", ""))
        elif tag == "input" and attrs.get("name") and "checked" in attrs:
            self.sent.setdefault(attrs["name"], []).append(attrs["value"])
        elif tag == "select":
            self._select = attrs["name"]
        elif tag == "option" and self._select and ("selected" in attrs or self._select not in self.sent):
            self.sent[self._select] = [attrs["value"]]
        elif tag == "select_end":
            self._select = None
        elif tag == "a" and "/leistungen/" in attrs.get("href", "") and "?" not in attrs["href"]:
            self._text = attrs["href"]

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._text and self._text.strip("/").split("/")[-1].isdigit():
            self.names.append(data)
        self._text = None


def parsed(answer):
    fields = Fields()
    fields.feed(answer.text)
    return fields


def form(answer):
    """The grid's own fields as shown; filters of the search form are not sent with it."""
    return {name: values for name, values in parsed(answer).sent.items() if name.startswith("r")}

"""A page's words as a browser takes them: white space beside a block says nothing, within a line it is one space."""

import re

from django.http import HttpResponse

BLOCKS = (
    "article|body|br|button|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h1|h2|h3|"
    "head|header|html|legend|li|link|main|meta|nav|ol|option|p|section|select|summary|table|tbody|td|"
    "tfoot|th|thead|title|tr|ul"
)
BESIDE_A_BLOCK = re.compile(rf"\s*(</?(?:{BLOCKS})\b[^>]*>)\s*")
BEFORE_AN_END = re.compile(r"\s+(?=</)")
AFTER_A_START = re.compile(r"(<\w[^>]*>)\s+")
OF_CLASSES = re.compile(r'class="\s*([^"]*?)\s*"')


def squeezed(html: str) -> str:
    html = BESIDE_A_BLOCK.sub(r"\1", html)
    html = AFTER_A_START.sub(r"\1", BEFORE_AN_END.sub("", html))
    return OF_CLASSES.sub(r'class="\1"', re.sub(r"[ \t\r\n\f]+", " ", html))


def text(response: HttpResponse) -> str:
    said = response.content.decode(response.charset or "utf-8")
    return squeezed(said) if response.get("Content-Type", "").startswith("text/html") else said

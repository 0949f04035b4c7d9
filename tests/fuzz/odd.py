"""What nobody means and somebody sends one day."""

import json
import os

DAYS = (
    *("9999-12-31", "0001-01-01", "10000-01-01", "2022-02-30", "0000-00-00", "1899-12-31", "31.12.9999", "01.01.0001"),
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59", "2022-06-01T25:00Z", "9999-12"),
    *("0001-01", "2022-13", "12.9999", "1e5", "46477", "2958465"),
)
NUMBERS = (
    *("0", "-1", "+1", "1.5", "1,5", "²", "١", "0x1", "1_000", "NaN", "Infinity", "-inf", "1e400"),
    *("1" * 19, "1" * 30, "9" * 5000, str(2**31), str(2**63), "15999001001" * 400),
)
TEXTS = (
    *(
        "",
        " ",
        "\r\n",
        "\x00",
        "a\x00b",
        "\x7f",
        "\ufeff",
        "\u202e",
        "\ufffe",
        "😀",
        "ß" * 3000,
        "%",
        "%00",
        "_",
        "\\",
        "'",
    ),
    *('"', "--", ";", ",", "-", ":", "x:", ":x", "1:1", "1-1-1", "..", "../../etc/passwd", "http://[", "//x", "{}"),
    *("[]", "none", "None", "null", "true", "=1+1", "<b>", "(" * 500, "a " * 500, "x" * 50_000),
)
ODD = (*DAYS, *NUMBERS, *TEXTS)

DEEP = "[" * 2000 + "]" * 2000
# as JSON text, because Python writes some of it in no way at all
JSON = (
    *("null", "true", "0", "-1", "1.5", "1e400", "NaN", "Infinity", "-Infinity", "1" * 19, "1" * 30, "9" * 5000),
    *(str(2**31), str(2**63), '""', '"\\u0000"', '"\\ud800"', "[]", "{}", "[null]", '{"a": {"b": []}}', DEEP),
    *(json.dumps(each) for each in (*DAYS, *NUMBERS, *TEXTS)),
)


def some(values: tuple[str, ...], start: int) -> list[str]:
    """Some of `values` in a row, from `start`, around the end: three, or as many as FUZZ says."""
    many = min(int(os.environ.get("FUZZ", "3")), len(values))
    return [values[(start + place) % len(values)] for place in range(many)]

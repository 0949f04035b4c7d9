"""How much we take. Every bound lies far above the largest real catalogue and keeps memory below 300 MB.

The real OZG-Umsetzungskatalog of 2019 has 5,223 rows; its sheet unpacks to 3.2 MB. The whole LeiKa has some 8,600.
"""

MEGABYTE = 1024 * 1024

XML_FILE = 256 * MEGABYTE  # streamed, never held
XML_DEPTH = 100  # XZuFi nests some ten elements
XML_NAMES = 10_000  # of elements and attributes; XZuFi has some hundred
XML_TOKEN = 4 * MEGABYTE  # a tag or comment, which the parser keeps whole
XML_CODES = 1000  # of one kind in one service
WORKBOOK_FILE = 50 * MEGABYTE
WORKBOOK_UNPACKED = 24 * MEGABYTE  # of the parts we read: seven times the real catalogue
WORKBOOK_STRINGS = 24 * MEGABYTE  # the shared strings, once for every cell that shows them
WORKBOOK_ENTRIES = 1000  # charts and pictures of a real workbook are some hundred
CELLS = 2_600_000  # of a CSV, the empty ones too
WORKBOOK_AREA = CELLS  # from A1 to the last filled one, which the reader holds in memory
TEXT_FILE = 24 * MEGABYTE
REMEMBERED = 200  # characters of a cell that may well be said again
JSON_FILE = 16 * MEGABYTE  # 200 Steckbriefe of the FIM-Portal have about one
JSON_VALUES = 100 * MEGABYTE  # what the objects, lists and cells of a file take in memory
ARCHIVE_CONTENTS = 2 * MEGABYTE  # of the table of contents alone
ARCHIVE_FILES = 10_000

ROWS = 50_000  # in all sheets together
TEXT = 16 * MEGABYTE  # characters in them; a whole LeiKa with legal bases and synonyms has some eight million
SHEETS = 250
LINE = MEGABYTE  # characters of a CSV's row, quoted line breaks and all
COLUMNS = 1000  # in one line of any table
LONG_TEXT = 20_000  # legal basis, synonyms
LENGTHS = {
    "name": 500,
    "name2": 500,
    "types": 60,
    "legal_basis": LONG_TEXT,
    "law": 500,
    "synonyms": LONG_TEXT,
    "sdg": 200,
    "bundle": 500,
    "topic": 200,
    "situation": 200,
}

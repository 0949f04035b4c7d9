"""Records as the readers give them, and files of one format written for it."""

from catalog.importing.formats import opening
from tests.catalog.files import save


def records(folder, content, name="katalog"):
    with opening.opened(save(folder, content, name)) as file:
        return [record for table in opening.read(file).tables for record in table.records]


def xzufi(version="2_2_0", more=""):
    module = "<x:modulText><x:leikaTextmodul><code>{}</code></x:leikaTextmodul>{}</x:modulText>"
    german = '<x:inhalt languageCode="en">Dog</x:inhalt><x:inhalt languageCode="de-DE">{}</x:inhalt>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><x:transfer xmlns:x="http://xoev.de/schemata/xzufi/{version}">'
        "<x:schreibe><x:leistung><x:referenzLeiKa><code>99102013104000</code></x:referenzLeiKa>"
        + module.format("02", german.format("Hundesteuer Anmeldung"))
        + module.format("03", german.format("Hund anmelden"))
        + "<x:typisierung><code>5</code></x:typisierung>"
        "<x:informationsbereichSDG><code>0000000</code></x:informationsbereichSDG>"
        "<x:informationsbereichSDG><code>1010200</code></x:informationsbereichSDG>"
        f"</x:leistung></x:schreibe>{more}</x:transfer>"
    ).encode()

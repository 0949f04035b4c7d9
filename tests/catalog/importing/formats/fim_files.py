"""Pages of the FIM-Portal, as it answers."""

import json


def steckbrief(key="99102013104000", title="Hundesteuer Anmeldung", **more):
    return {
        "leistungsschluessel": [key],
        "title": title,
        "leistungsbezeichnung": title,
        "leistungsbezeichnung_2": "Hund zur Hundesteuer anmelden",
        "leistungstyp": "lov",
        "typisierung": ["2/3", "5"],
        "leistungsadressat": ["001"],
        "freigabe_status": 6,
        "rechtsgrundlagen": "§ 1 HundStG\r\n§ 2 HundStG\n",
        "ozg": [{"id": "10108", "leistung": "Bündel 10108", "themenfeld_label": "Steuern & Zoll"}],
        "sdg_informationsbereiche": ["0000000", "1010200"],
        "klassifizierung": [{"list_uri": "urn:xoev-de:fim:codeliste:pvlagen", "value": "2100400"}],
        "replacements": [],
    } | more


def envelope(*items, total=None, offset=0):
    counted = {"count": len(items), "total_count": len(items) if total is None else total}
    return {"items": items, "offset": offset, "limit": 200} | counted


def page(*items, **counts):
    return json.dumps(envelope(*items, **counts), ensure_ascii=False).encode()

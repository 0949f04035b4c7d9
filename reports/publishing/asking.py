"""How often one address may ask at the doors of reports where nobody signs in."""

from ozg_tracker.accounts.signing_in.open_addresses import FromOneAddress


class Checking(FromOneAddress):
    """Files are read and papers drawn for whoever asks: thirty a minute are more than a person needs."""

    scope = "check"
    rate = "30/min"


class Reading(FromOneAddress):
    """What is open is meant to be read, by programs too; a page takes a tenth of a second to draw."""

    scope = "public"
    rate = "120/min"

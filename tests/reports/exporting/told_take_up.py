"""What tables of data say of the digital take-up."""


def take_up(told, rate):
    year = str(told["year"])
    return {
        ("Digitale Nutzung", year): rate(told["numerator"], told["denominator"]),
        ("Fertige Leistungen mit bekannten Kanälen", year): told["known_rows"],
        ("Davon aus Zählwochen hochgerechnet", year): told["extrapolated_rows"],
    }

"""Who pays and who is paid in the example: made-up companies, and public payers by name with made-up IBANs."""

from backend.example.made_up import made_up_iban
from backend.example.record import ExampleCounterparty

TOWN = "Gemeente Voorbeeldstad"

_NAMES = {
    "town_income": f"{TOWN} Werk en Inkomen",
    "tax_office": "Belastingdienst Toeslagen",
    "uwv": "UWV",
    "svb": "SVB",
    "duo": "Dienst Uitvoering Onderwijs",
    "pension_fund": "Pensioenfonds De Eik",
    "bakery": "Bakkerij Het Voorbeeld BV",
    "care_home": "Zorggroep Waterrand",
    "cleaning": "Schoonmaakbedrijf Helder BV",
    "agency": "Uitzendbureau Morgen BV",
    "warehouse": "Magazijn De Poort BV",
    "restaurant": "Restaurant De Vork",
    "school": "Scholengroep De Regenboog",
    "transport": "Stadsvervoer Voorbeeldstad NV",
    "rides": "Ritplatform Meerijden BV",
    "translations": "Vertaalbureau Twee Talen",
    "garage": "Autogarage Van Nergens",
    "ex_partner": "M. van Elders",
    "linde": "Woonstichting De Linde",
    "haven": "Woningcorporatie De Haven",
    "gracht": "Vastgoed Aan de Gracht BV",
    "zonnewind": "Energiebedrijf Zonnewind BV",
    "polder": "Polderstroom Energie NV",
    "heat": "Stadswarmte Voorbeeldstad BV",
    "water": "Waterbedrijf Voorbeeld NV",
    "samen": "Zorgverzekeraar Samen",
    "welzijn": "Welzijn Zorgverzekeringen NV",
    "credit_bank": "Kredietbank Voorbeeldstad",
}

COUNTERPARTIES = {
    key: ExampleCounterparty(key, name, made_up_iban(5000 + 13 * place))
    for place, (key, name) in enumerate(_NAMES.items())
}

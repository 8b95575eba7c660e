"""Why a line was recognised as it was, in words: one plain part of a sentence for each reason of recognition."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

REASONS = {
    "word": _("the text says “{word}”"),
    "known_kind": _("the other side is {kind}"),
    "shape": _("the shape of the line"),
    "learnt": _("earlier lines like it"),
    "same_counterparty": _("another line of {name}"),
    "nothing_known": _("we know nothing of it"),
    "taught_rule": _("rule {rule} of this town"),
    "rules_disagree": _("rules {rules} contradict each other"),
}
KINDS = {
    "administrator": _("an administrator"),
    "bailiff": _("a bailiff or collection agency"),
    "bnpl": _("a firm for paying later"),
    "cak": _("the CAK"),
    "care": _("somebody who gives care"),
    "charity": _("a good cause"),
    "childcare_firm": _("childcare"),
    "cjib": _("the CJIB"),
    "clothes": _("a clothes shop"),
    "coa": _("the COA"),
    "credit_bank": _("a credit bank"),
    "duo": _("DUO"),
    "eating": _("a restaurant or snack bar"),
    "employer": _("an employer"),
    "employer_agency": _("an employment agency"),
    "energy_firm": _("an energy firm"),
    "fuel": _("a filling station"),
    "garage": _("a garage"),
    "grocery": _("a food shop"),
    "health_insurer": _("a health insurer"),
    "heat_firm": _("a heat firm"),
    "household_shop": _("a shop for the house"),
    "insurer": _("an insurer"),
    "landlord": _("a landlord"),
    "lbio": _("the LBIO"),
    "leisure_firm": _("a firm for free time"),
    "lender": _("a lender"),
    "lender_home": _("a mortgage lender"),
    "levy_office": _("a levy office"),
    "own_bank": _("the own bank"),
    "parking": _("a parking firm"),
    "pension_fund": _("a pension fund"),
    "pharmacy": _("a pharmacy"),
    "psp": _("a payment service"),
    "rdw": _("the RDW"),
    "remit": _("a firm that sends money abroad"),
    "school": _("a school"),
    "subscription": _("a subscription"),
    "svb": _("the SVB"),
    "tax_office": _("the tax office"),
    "telecom_firm": _("a telecom firm"),
    "town": _("a town"),
    "transit": _("public transport"),
    "uwv": _("the UWV"),
    "water_board": _("a water board"),
    "water_firm": _("a water firm"),
    "web_store": _("a web shop"),
}


def recognition_reason(code: str, values: Mapping[str, object]) -> str:
    """One reason, as part of a sentence; one of a later version that has no words is told by its code."""
    if code not in REASONS:
        return code
    told = {name: str(value) for name, value in values.items()}
    if code == "known_kind":
        told["kind"] = gettext(KINDS[told["kind"]])
    return gettext(REASONS[code]).format_map(told)

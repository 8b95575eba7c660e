"""Which of our eight pictograms stands beside a category; only concrete things have one, always beside their word."""

PICTOGRAMS = ("house", "flame", "drop", "lightning", "cross", "phone", "letter", "umbrella")

_OF_CATEGORY = {
    "rent": "house",
    "mortgage": "house",
    "energy": "lightning",
    "district_heating": "flame",
    "water": "drop",
    "water_board_tax": "drop",
    "health_insurance": "cross",
    "medical": "cross",
    "other_insurance": "umbrella",
    "telecom": "phone",
    "municipal_tax": "letter",
    "vehicle_tax": "letter",
    "debt_repayment": "letter",
    "tax_refund": "letter",
}


def pictogram_of(category: str) -> str:
    """The name of the category's pictogram; empty when it has none."""
    return _OF_CATEGORY.get(category, "")

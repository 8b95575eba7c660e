"""The look: contrast of every theme, one light sheet, sides named by reading direction."""

import re
from itertools import pairwise

import pytest

from accessibility import styles

DARK = "@media (prefers-color-scheme: dark)"
TEXT_PAIRS = [
    ("default-color-document", "default-bg-document"),
    ("default-color-document", "default-bg-subtle"),
    ("default-color-subtle", "default-bg-document"),
    ("default-color-subtle", "default-bg-subtle"),
    ("default-color-document", "warning-bg-subtle"),
    ("accent-1-inverse-color-default", "accent-1-inverse-bg-default"),
    ("action-1-inverse-color-default", "action-1-inverse-bg-default"),
    ("action-1-color-default", "default-bg-document"),
    ("action-1-color-default", "default-bg-subtle"),
    ("action-1-color-default", "warning-bg-subtle"),
    ("positive-color-default", "default-bg-document"),
    ("positive-color-default", "positive-bg-subtle"),
    ("warning-color-default", "default-bg-document"),
    ("warning-color-default", "warning-bg-subtle"),
    ("negative-color-default", "default-bg-document"),
    ("negative-color-default", "negative-bg-subtle"),
]
THEMES = ["", *sorted(file.stem for file in (styles.FOLDER / "themes").glob("*.css"))]


def colours(theme: str, *, dark: bool) -> dict[str, str]:
    """The colours of a theme over our own tokens, as a browser would take them."""
    files = [styles.FOLDER / "tokens.css", *([styles.FOLDER / "themes" / f"{theme}.css"] if theme else [])]
    found: dict[str, str] = {}
    # All rules of one file come before those of the next, and dark rules count in the dark only.
    for file in files:
        light, _, night = file.read_text(encoding="utf-8").partition(DARK)
        found |= dict(re.findall(r"--basis-([a-z0-9-]+): (#[0-9a-f]{6});", light))
        if dark:
            found |= dict(re.findall(r"--basis-([a-z0-9-]+): (#[0-9a-f]{6});", night))
    return {name.removeprefix("color-"): colour for name, colour in found.items()}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 between two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_measures_contrast_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("theme", THEMES)
def test_keeps_every_text_readable(theme: str, dark: bool) -> None:
    found = colours(theme, dark=dark)
    weak = {pair: round(contrast(found[pair[0]], found[pair[1]]), 2) for pair in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 7} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("theme", THEMES)
def test_keeps_fields_and_focus_visible(theme: str, dark: bool) -> None:
    found = colours(theme, dark=dark)
    for ground in ("default-bg-document", "default-bg-subtle"):
        assert contrast(found["form-control-border-color"], found[ground]) >= 3
        assert contrast(found["focus-outline-color"], found[ground]) >= 3


def test_ships_a_second_theme() -> None:
    assert len(THEMES) >= 2
    assert len({styles.sheet("resident", theme).digest for theme in THEMES}) == len(THEMES)


def test_refuses_a_theme_it_does_not_have() -> None:
    with pytest.raises(styles.NoSuchTheme):
        styles.sheet("resident", "../../settings")


@pytest.mark.parametrize("kind", styles.SHEETS)
@pytest.mark.parametrize("theme", THEMES)
def test_keeps_the_sheet_light(kind: str, theme: str) -> None:
    assert len(styles.sheet(kind, theme).compressed) <= 6 * 1024


@pytest.mark.parametrize("kind", styles.SHEETS)
def test_names_sides_by_reading_direction(kind: str) -> None:
    css = styles.sheet(kind).plain.decode()
    assert not re.search(r"\b(left|right)\b", css)
    assert not re.search(r"(?:margin|padding|border|inset)-(?:top|bottom)|[^-]\b(?:width|height):", css)


def test_uses_no_token_that_is_not_given() -> None:
    css = styles.sheet("desk").plain.decode()
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", css)) <= set(re.findall(r"(--[a-z0-9-]+):", css))


def test_asks_nobody_else_for_anything() -> None:
    assert not re.search(r"url\(|@import|@font-face", styles.sheet("desk").plain.decode())


def test_leaves_the_rules_as_they_are_when_it_squeezes_them() -> None:
    css = styles.sheet("resident").plain.decode()
    assert css.count("{") == css.count("}")
    assert "/*" not in css
    assert all(first or second for first, second in pairwise(css.split("\n")))

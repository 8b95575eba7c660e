"""The story on paper: what the screen says and nothing else, on one sheet, for everyone, in every language."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pdfua
import pypdf
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from lxml import html

from accessibility.catalogue import is_translated
from accessibility.facts import Charge, ChargeState, Facts, PaymentFacts, Payout
from accessibility.languages import LANGUAGES
from accessibility.letters.check import faults_of_letter, sizes_of_letter
from accessibility.letters.letter import Letter, To, values_of
from accessibility.letters.make import make, pictures
from accessibility.letters.pay_days import calendar_story, months_of_days, pay_days
from accessibility.letters.runs import UnknownMarkup, direction_of, runs_of, words_of
from accessibility.notices import AmountChanged, LetIn, amount_changed, let_in, payment_failed
from accessibility.sentence import Name, Story, sentence
from accessibility.story import story_of
from accessibility.telling import Reader, html_of
from accessibility.words import PAPER
from budgeting.core.schedule import Recurrence
from tests.accessibility.households import CAME_BACK, HELP, HOMES, ON, facts
from tests.accessibility.pages import story_page
from tests.accessibility.papers import EIGHT, PAGE, TO, amounts, letter, made, numbers, plain, sides
from tests.accessibility.test_story import households

MM = 72 / 25.4
SPOKEN = [code for code, _ in settings.LANGUAGES]
FRIDAYS = Recurrence.from_dict({"unit": "week", "every": 1, "weekdays": [5], "starts_on": "2026-01-02"})
NOTICES = {
    "failed": payment_failed(PaymentFacts("nl", ON, CAME_BACK, "", HELP)),
    "amount": amount_changed(
        AmountChanged(ON, "rent", "De Linde", Decimal("612.40"), Decimal("640.15"), date(2027, 1, 1), HELP)
    ),
    "income": amount_changed(
        AmountChanged(ON, "benefit", "", Decimal("1288.40"), Decimal("1300.00"), date(2027, 1, 1), HELP)
    ),
    "let in": let_in(LetIn(ON, "Samira Bakker", date(2027, 2, 23), HELP)),
    "let in, no end": let_in(LetIn(ON, "Samira Bakker", None, HELP)),
}


def on_screen(household: Facts) -> str:
    """The home page's own blocks, as text."""
    page = html.fromstring(story_page(story_of(household), "resident/home.html", "nl"))
    return plain(" ".join(part for section in page.xpath("//main/section") for part in section.itertext()))


@examples(max_examples=25, deadline=None)
@given(households)
def test_says_on_paper_what_it_says_on_the_screen(household: Facts) -> None:
    paper = " ".join(sides(make(values_of(Letter(TO, story_of(household), "nl", HELP))).pdf))
    own = paper.split(TO.town.upper(), 1)[1]
    screen = on_screen(household)
    assert sorted(amounts(own)) == sorted(amounts(screen))
    assert not Counter(numbers(screen)) - Counter(numbers(own))
    told = own.replace(" ", "")
    for words in _pieces(household):
        assert plain(words).replace(" ", "") in told, words


def _pieces(household: Facts) -> list[str]:
    """Every heading, sentence, name and state of the home page, one by one."""
    page = html.fromstring(story_page(story_of(household), "resident/home.html", "nl"))
    places = "//main/section//*[self::h1 or self::h2 or self::strong or self::span or self::li/div or self::p/span]"
    return [element.text_content() for element in page.xpath(places)]


@examples(max_examples=10, deadline=None)
@given(households, st.sampled_from(SPOKEN))
def test_says_the_same_amounts_on_both_sides(household: Facts, language: str) -> None:
    pages = sides(make(values_of(Letter(TO, story_of(household), language, HELP))).pdf)
    if language != "nl":
        half = len(pages) // 2 if len(pages) > 2 else 1
        assert sorted(amounts(" ".join(pages[:half]))) == sorted(amounts(" ".join(pages[half:])))


@pytest.mark.parametrize("language", SPOKEN)
def test_puts_every_turn_of_a_month_on_one_sheet(language: str) -> None:
    sheets = {name: made(home, language, page=PAGE).pages for name, home in HOMES.items()}
    assert {name: pages for name, pages in sheets.items() if pages > 2} == {}


@pytest.mark.parametrize("language", SPOKEN)
def test_has_room_for_eight_charges_on_one_sheet(language: str) -> None:
    one = made(facts(charges=EIGHT), language, page=PAGE)
    assert one.pages == len({"nl", language})
    assert sizes_of_letter(one.pdf).keys() == {12.0, 16.0, 20.0, 24.0, 32.0}
    assert faults_of_letter(one.pdf) == []


def test_takes_a_second_sheet_for_more_and_gives_each_language_its_own() -> None:
    many = tuple(replace(charge, name=f"{charge.name} {n}") for n in range(3) for charge in EIGHT)
    own = made(facts(charges=many), "ar")
    pages = sides(own.pdf)
    assert own.pages == 4
    assert "3 / 4" in pages[2]
    assert "U krijgt op vrijdag" in pages[2]
    assert min(sizes_of_letter(own.pdf)) == 12.0
    assert faults_of_letter(own.pdf) == []


@pytest.mark.parametrize("language", SPOKEN)
def test_writes_letters_that_no_checker_finds_fault_with(language: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    for name, home in HOMES.items():
        pdf = made(home, language, page=PAGE).pdf
        assert faults_of_letter(pdf) == [], name
        file.write_bytes(pdf)
        assert list(pdfua.validate(file).findings) == [], name


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("name", NOTICES)
def test_writes_a_notice_on_one_sheet(name: str, language: str) -> None:
    notice = make(values_of(Letter(TO, NOTICES[name], language, HELP)))
    assert notice.pages == len({"nl", language})
    assert faults_of_letter(notice.pdf) == []


def test_tells_what_changed_and_from_when() -> None:
    page = sides(make(values_of(Letter(TO, NOTICES["amount"], "nl", HELP))).pdf)[0]
    assert "Vanaf 1 januari 2027 is het € 640,15. Het was € 612,40." in page
    assert "Naar:" not in sides(make(values_of(Letter(TO, NOTICES["income"], "nl", HELP))).pdf)[0]


def test_says_in_trouble_first_what_is_done_and_that_nothing_is_asked() -> None:
    page = sides(make(values_of(Letter(TO, NOTICES["failed"], "nl", HELP))).pdf)[0]
    assert page.index("Wij zoeken dit uit.") < page.index("Wij bellen u.") < page.index("U hoeft niets te doen.")


@pytest.mark.parametrize("language", SPOKEN)
def test_puts_a_year_of_pay_days_on_the_fridge_without_an_amount(language: str) -> None:
    days = pay_days(FRIDAYS, on=ON, starts_on=date(2026, 1, 1), ends_on=None)
    calendar = make(values_of(Letter(TO, calendar_story(ON, HELP), language, HELP, days=days)))
    assert calendar.pages == len({"nl", language})
    assert faults_of_letter(calendar.pdf) == []
    assert not any(amounts(page) for page in sides(calendar.pdf))


def test_sends_money_before_a_day_on_which_the_banks_are_closed() -> None:
    days = pay_days(FRIDAYS, on=ON, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 5))
    december = months_of_days(days, LANGUAGES["nl"])[1]
    assert december.name == "December 2026"
    assert december.days == [("vrijdag", ["4", "11", "18"]), ("donderdag", ["24", "31"])]
    assert days[-1] == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("looked", "words"),
    [(0, "Deze maand keek niemand mee."), (1, "Deze maand keek 1 mens mee."), (7, "Deze maand keken 7 mensen mee.")],
)
def test_counts_who_looked(looked: int, words: str) -> None:
    assert words in sides(made(facts(), looked=looked).pdf)[0]


def test_prints_one_square_to_scan_at_most_and_on_the_front_only() -> None:
    front, back = sides(made(facts(), "en", page=PAGE).pdf)
    assert "Look on your phone" in front
    assert "Kijk op uw telefoon" not in back
    assert "Kijk op uw telefoon" not in sides(made(facts()).pdf)[0]


def test_prints_the_next_payment_twice_as_large_as_the_words_and_the_number_to_call_large() -> None:
    sizes = sizes_of_letter(made(facts()).pdf)
    assert sizes[32.0] == 1
    assert sizes[24.0] >= 2


def test_shows_the_address_and_no_amount_through_the_window() -> None:
    rich = facts(payout=Payout(Decimal("1234.50"), date(2026, 11, 27)))
    for language in SPOKEN:
        seen = through_the_window(made(rich, language, page=PAGE).pdf)
        assert seen == "Layla Haddad Voorbeeldstraat 37 0000 AA VOORBEELDSTAD", language


def through_the_window(pdf: bytes) -> str:
    """What starts in the part of the first page that can lie behind the window, however the sheet lies."""
    seen: list[str] = []

    def look(text: str, around: list[float], at: list[float], *_: object) -> None:
        x = at[4] * around[0] + at[5] * around[2] + around[4]
        from_top = 841.89 - (at[4] * around[1] + at[5] * around[3] + around[5])
        if x >= 108 * MM and 45 * MM <= from_top <= 85 * MM:
            seen.append(text)

    pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=look)
    return plain(" ".join(seen))


@pytest.mark.parametrize(
    "name", ["x" * 200, "Anna-Maria " * 18, "ليلى حداد", "ሰላም ተስፋይ", "Łucja Żółć", "O'Neill & Söhne <b>"]
)
def test_writes_to_whatever_name_someone_has(name: str) -> None:
    one = made(facts(), "en", to=replace(TO, name=name))
    assert one.pages == 2
    assert one.unknown_signs == ""
    assert faults_of_letter(one.pdf) == []
    assert "0000 AA VOORBEELDSTAD" in sides(one.pdf)[0]


def test_prints_a_question_mark_for_a_sign_without_a_shape_and_says_so() -> None:
    one = made(facts(), to=replace(TO, name="李 Wang"))
    assert one.unknown_signs == "李"
    assert "? Wang" in sides(one.pdf)[0]


@examples(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_sets_any_name_at_all(name: str) -> None:
    one = made(
        facts(charges=(Charge("rent", name, Decimal("1.00"), ChargeState.UNPAID),) * 2), to=replace(TO, name=name)
    )
    assert one.pages <= 2


def test_writes_to_someone_without_an_address_too() -> None:
    assert faults_of_letter(made(facts(), to=To("R000001", "Jan")).pdf) == []


def test_makes_the_same_letter_twice_the_same() -> None:
    assert made(facts(), "ar", page=PAGE).pdf == made(facts(), "ar", page=PAGE).pdf


def test_draws_each_side_to_look_at() -> None:
    drawn = pictures(values_of(letter(facts(), "ti")), ppi=20)
    assert [picture[:8] for picture in drawn] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_says_the_month_in_the_title() -> None:
    assert pypdf.PdfReader(BytesIO(made(facts()).pdf)).metadata.title == "Uw geld in november 2026"


@pytest.mark.parametrize("language", SPOKEN)
def test_has_words_for_all_that_stands_on_paper_only(language: str) -> None:
    assert [message for message in PAPER if not is_translated(message, LANGUAGES[language])] == []


@pytest.mark.parametrize("name", ["Jan", "ليلى", "{amount}", "<script>", "a & b"])
def test_sets_a_name_as_it_is_written(name: str) -> None:
    told = html_of(sentence("thing.caller", name=Name(name)), Reader(LANGUAGES["ar"], ON))
    run = next(run for run in runs_of(told) if run.words == name)
    assert run.direction == direction_of(name)
    assert words_of(told).count(name) == 1


def test_keeps_the_language_of_words_that_are_not_translated() -> None:
    assert runs_of('<span lang="nl" dir="ltr">Nee.</span>') == [("Nee.", "ltr", "nl")]


def test_never_breaks_a_telephone_number_over_two_lines() -> None:
    assert runs_of('Bel <a href="tel:140199" dir="ltr" translate="no">14 0199</a>.')[1].words == "14\u00a00199"


@pytest.mark.parametrize("markup", ["<b>vet</b>", '<img src="x">', "<bdi>", '<span class="hhb-dutch" lang="nl">'])
def test_refuses_markup_it_does_not_know(markup: str) -> None:
    with pytest.raises(UnknownMarkup):
        runs_of(markup)


def test_tells_nobody_the_amounts_of_someone_else() -> None:
    story: Story = letter(facts()).story
    assert {block.key for block in story.blocks} == {"payout", "thing", "charges", "money", "help", "looked"}

"""Somebody looks with a resident, who says yes, sees who looks, decides what is shown and ends it with one tap."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from accessibility.letters.gather import looked_in
from budgeting.actions.helping import NotAValidHelpCode, make_help_code, take_help_code
from budgeting.actions.trusting import let_in_for_months, make_paper_code, redeem_invitation, take_paper_code
from budgeting.models import AuditEvent, HelpCode, LetIn, Mode, Resident, Role, Town, User
from payments.actions.day import run_day
from payments.models import PaymentOrder
from tests import databases, factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


@pytest.fixture
def resident(home: House) -> Resident:
    return rich(home)


@pytest.fixture
def helper(home: House) -> User:
    return factories.user(Role.VOLUNTEER)


def rich(home: House) -> Resident:
    who = factories.resident(home, money="900.00", first_names="Noor Anna", last_name="Kanarie", street="Zwaluwlaan 7")
    factories.charge(home, who, amount="212.40", day=4)
    run_day(on=ON, first=ON)
    return who


def payout(resident: Resident) -> str:
    """The next money as it is told."""
    first = PaymentOrder.objects.filter(resident=resident, kind="remainder").earliest("execute_on")
    return f"{first.amount:.2f}".replace(".", ",")


def own(resident: Resident, **more: Any) -> Client:
    client = Client(headers={"Accept-Language": "nl"}, **more)
    client.force_login(resident.user)
    return client


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def number_on(page: str) -> str:
    found = re.search(r"\b(\d{3}) (\d{3})\b", page)
    assert found
    return found[1] + found[2]


def asked(resident: Resident, helper: User) -> tuple[Client, Client, LetIn]:
    """The resident made a code and the helper typed it."""
    mine, theirs = own(resident), signed_in(helper)
    code = number_on(text(mine.post("/mijn-geld/hulp/code/", follow=True)))
    theirs.post("/helpen/", {"code": code}, follow=True)
    return mine, theirs, LetIn.objects.get(mode=Mode.ALONG)


def test_lets_a_helper_look_along_after_a_yes_and_shows_amounts_only_when_shown(
    resident: Resident, helper: User
) -> None:
    mine, theirs, let_in = asked(resident, helper)
    address = f"/helpen/{let_in.pk}/"
    assert "De bezoeker moet eerst ja zeggen." in text(theirs.get(address))
    assert "Noor" not in text(theirs.get(address)), "before the yes there is not even a name"
    page = text(mine.get("/mijn-geld/hulp/code/"))
    assert "Mag deze persoon meekijken?" in page
    assert helper.full_name in page

    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    along = text(theirs.get(address))
    assert "U kijkt mee met" in along
    assert "Noor" in along
    assert "Anna" not in along
    assert "€ ••" in along
    assert "212,40" not in along
    assert payout(resident) not in along

    assert f"{helper.full_name}" in text(mine.get("/mijn-geld/"))
    mine.post("/mijn-geld/hulp/bedragen/", {"let_in": let_in.pk, "shown": "1"})
    assert "212,40" in text(theirs.get(address))
    mine.post("/mijn-geld/hulp/bedragen/", {"let_in": let_in.pk, "shown": "0"})
    assert "212,40" not in text(theirs.get(address))

    mine.post("/mijn-geld/hulp/stop/", {"let_in": let_in.pk})
    gone = text(theirs.get(address))
    assert "U ziet niets meer." in gone
    assert "Noor" not in gone


def test_shows_a_helper_no_last_name_account_or_address(resident: Resident, helper: User) -> None:
    mine, theirs, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    mine.post("/mijn-geld/hulp/bedragen/", {"let_in": let_in.pk, "shown": "1"})
    page = text(theirs.get(f"/helpen/{let_in.pk}/"))
    iban = resident.accounts.get().iban
    assert not [word for word in ("Kanarie", "Zwaluwlaan", iban, iban[-10:], resident.number) if word in page]
    assert "/betaling/" not in page, "a helper has no way deeper"


def test_gives_help_cards_in_dutch_and_in_the_visitors_language(home: House, helper: User) -> None:
    who = rich(home)
    Resident.objects.filter(pk=who.pk).update(language="ar")
    mine, theirs, let_in = asked(who, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    page = text(theirs.get(f"/helpen/{let_in.pk}/"))
    assert '<p lang="nl" dir="ltr">Op deze dag staat er geld op uw rekening.</p>' in page
    assert '<p lang="ar" dir="rtl">في هذا اليوم' in page


def test_ends_nothing_and_asks_nothing_after_a_no(resident: Resident, helper: User) -> None:
    mine, theirs, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "no"})
    assert "U ziet niets meer." in text(theirs.get(f"/helpen/{let_in.pk}/"))
    assert not AuditEvent.objects.filter(action="looked").exists()


def test_ends_by_itself_after_twenty_minutes(
    resident: Resident, helper: User, monday_morning: time_machine.Traveller
) -> None:
    mine, theirs, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    for _ in range(4):
        monday_morning.shift(timedelta(minutes=4, seconds=55))
        assert "U kijkt mee met" in text(theirs.get(f"/helpen/{let_in.pk}/"))
    monday_morning.shift(timedelta(seconds=25))
    assert "U ziet niets meer." in text(theirs.get(f"/helpen/{let_in.pk}/"))


def test_tells_the_resident_who_looked_and_counts_it_on_the_letter(resident: Resident, helper: User) -> None:
    mine, theirs, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    for _ in range(3):
        theirs.get(f"/helpen/{let_in.pk}/")
    mine.post("/mijn-geld/hulp/bedragen/", {"let_in": let_in.pk, "shown": "1"})
    theirs.get(f"/helpen/{let_in.pk}/")
    page = text(mine.get("/mijn-geld/gekeken/"))
    assert helper.full_name in page
    assert "Keek met u mee, zonder bedragen, om" in page
    assert "Keek met u mee, met bedragen, om" in page
    assert looked_in(ON, [resident.pk]) == {resident.pk: 1}


def test_hides_accounts_and_changes_nothing_while_somebody_sits_beside(resident: Resident) -> None:
    mine = own(resident)
    order = PaymentOrder.objects.filter(resident=resident, kind="charge").earliest("execute_on")
    full = text(mine.get(f"/mijn-geld/betaling/{order.pk}/"))
    iban = order.iban
    grouped = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
    mine.post("/mijn-geld/hulp/samen/")
    beside = text(mine.get(f"/mijn-geld/betaling/{order.pk}/"))
    assert grouped in full
    assert grouped not in beside
    assert "Iemand kijkt met u mee op dit scherm." in beside
    assert mine.get("/mijn-geld/keuzes/").status_code == 403
    assert mine.post("/mijn-geld/keuzes/", {"language": "ar"}).status_code == 403
    assert mine.get("/mijn-geld/gekeken/").status_code == 403
    assert mine.post("/mijn-geld/hulp/code/").status_code == 403

    let_in = LetIn.objects.get(mode=Mode.TOGETHER)
    mine.post("/mijn-geld/hulp/stop/", {"let_in": let_in.pk})
    assert "Keek met u mee op uw scherm" in text(mine.get("/mijn-geld/gekeken/"))


def test_makes_the_stay_a_short_one_when_two_look_at_one_screen(
    resident: Resident, monday_morning: time_machine.Traveller
) -> None:
    mine = own(resident)
    mine.get("/mijn-geld/")
    mine.post("/mijn-geld/hulp/samen/")
    monday_morning.shift(timedelta(minutes=6))
    assert mine.get("/mijn-geld/").status_code == 302


def test_ends_a_code_after_five_wrong_tries_that_begin_alike(resident: Resident) -> None:
    code = make_help_code(resident=resident, now=timezone.now(), by=resident.user)
    wrong = [f"{code[:3]}{(int(code[3:]) + step) % 1000:03d}" for step in range(1, 6)]
    for number, guess in enumerate(wrong):
        with pytest.raises(NotAValidHelpCode):
            take_help_code(code=guess, helper=factories.user(Role.VOLUNTEER), now=timezone.now())
        assert HelpCode.objects.get().wrong == number + 1
    with pytest.raises(NotAValidHelpCode):
        take_help_code(code=code, helper=factories.user(Role.VOLUNTEER), now=timezone.now())


def test_slows_down_a_helper_who_guesses(resident: Resident, helper: User) -> None:
    theirs = signed_in(helper)
    answers = [theirs.post("/helpen/", {"code": f"{number:06d}"}).status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize("when", ["late", "replaced", "used"])
def test_takes_no_code_that_is_late_replaced_or_used(resident: Resident, helper: User, when: str) -> None:
    now = timezone.now()
    code = make_help_code(resident=resident, now=now, by=resident.user)
    if when == "replaced":
        make_help_code(resident=resident, now=now, by=resident.user)
    if when == "used":
        take_help_code(code=code, helper=factories.user(Role.VOLUNTEER), now=now)
    with pytest.raises(NotAValidHelpCode):
        take_help_code(code=code, helper=helper, now=now + timedelta(minutes=10 if when == "late" else 1))


def test_keeps_no_code_that_can_be_read(resident: Resident) -> None:
    code = make_help_code(resident=resident, now=timezone.now(), by=resident.user)
    kept = " ".join(str(value) for row in HelpCode.objects.values() for value in row.values())
    told = " ".join(AuditEvent.objects.values_list("body", flat=True))
    assert code not in kept + told


def test_lets_exactly_one_of_sixteen_helpers_in_with_one_code(own_database: databases.OwnDatabase) -> None:
    home = factories.house()
    who = factories.resident(home)
    helpers = [factories.user(Role.VOLUNTEER) for _ in range(16)]
    code = make_help_code(resident=who, now=timezone.now(), by=who.user)

    def take(helper: User) -> bool:
        try:
            take_help_code(code=code, helper=helper, now=timezone.now())
        except NotAValidHelpCode:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(take, helpers)) == 1
    assert LetIn.objects.count() == 1


def test_lets_nobody_take_the_code_of_another_helpers_visitor(resident: Resident, helper: User) -> None:
    mine, _, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    assert signed_in(factories.user(Role.VOLUNTEER)).get(f"/helpen/{let_in.pk}/").status_code == 404


def test_lets_no_resident_say_yes_stop_or_show_for_another(home: House, resident: Resident, helper: User) -> None:
    _, theirs, let_in = asked(resident, helper)
    other = own(factories.resident(home))
    for page in ("antwoord", "bedragen", "stop", "vertrouwd/code"):
        answer = other.post(f"/mijn-geld/hulp/{page}/", {"let_in": let_in.pk, "answer": "yes", "shown": "1"})
        assert answer.status_code == 404, page
    assert other.post("/mijn-geld/hulp/stop/", {"let_in": "geen nummer"}).status_code == 404
    assert "eerst ja zeggen" in text(theirs.get(f"/helpen/{let_in.pk}/"))


def test_says_yes_to_nobody_twice_and_not_after_the_end(resident: Resident, helper: User) -> None:
    mine, theirs, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    theirs.post(f"/helpen/{let_in.pk}/stop/")
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    assert "U ziet niets meer." in text(theirs.get(f"/helpen/{let_in.pk}/"))


def test_keeps_of_a_visit_only_what_it_was_about(resident: Resident, helper: User) -> None:
    mine, theirs, let_in = asked(resident, helper)
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    theirs.post(f"/helpen/{let_in.pk}/stop/")
    assert "Dank u wel." in text(theirs.post(f"/helpen/{let_in.pk}/onderwerp/", {"topic": "language"}))
    assert theirs.post(f"/helpen/{let_in.pk}/onderwerp/", {"topic": "Noor heeft schulden"}).status_code == 404
    assert LetIn.objects.get(pk=let_in.pk).topic == "language"


def test_gives_a_trusted_person_what_was_agreed_and_nothing_else(resident: Resident) -> None:
    mine = own(resident)
    page = text(mine.post("/mijn-geld/hulp/vertrouwd/", {"name": "Kim de Vries", "scope": "when", "months": "3"}))
    code = re.search(r"\b[0-9A-HJKMNP-TV-Z]{5} [0-9A-HJKMNP-TV-Z]{5}\b", page)
    assert code
    theirs = Client(headers={"Accept-Language": "nl"})
    assert theirs.post("/inloggen/", {"code": code[0]}).headers["Location"] == "/"
    assert theirs.get("/", follow=True).redirect_chain[-1][0] == "/meekijken/"
    let_in = LetIn.objects.get(mode=Mode.TRUSTED)
    story = text(theirs.get(f"/meekijken/{let_in.pk}/"))
    assert payout(resident) in story
    assert "212,40" not in story
    assert "Kanarie" not in story
    assert theirs.get("/mijn-geld/").status_code == 403
    assert theirs.post("/inloggen/", {"code": code[0]}).status_code == 422, "a code works once"
    assert "Zag wanneer u geld krijgt" in text(mine.get("/mijn-geld/gekeken/"))

    mine.post("/mijn-geld/hulp/stop/", {"let_in": let_in.pk})
    assert theirs.get(f"/meekijken/{let_in.pk}/").status_code == 404


def test_ends_the_months_of_a_trusted_person(resident: Resident, monday_morning: time_machine.Traveller) -> None:
    let_in, code = let_in_for_months(
        resident=resident, name="Kim", scope="all", months=1, how="phone", now=timezone.now(), by=resident.user
    )
    monday_morning.shift(timedelta(days=30))
    with pytest.raises(NotAValidHelpCode):
        redeem_invitation(code=code, now=timezone.now())
    assert LetIn.objects.standing(timezone.now()).filter(pk=let_in.pk).count() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "scope": "all", "months": "1"},
        {"name": "Kim", "months": "1"},
        {"name": "Kim", "scope": "all", "months": "12"},
    ],
)
def test_asks_again_for_what_is_missing(resident: Resident, given: dict[str, str]) -> None:
    answer = own(resident).post("/mijn-geld/hulp/vertrouwd/", given)
    assert answer.status_code == 422
    assert "Vul een naam in en maak twee keuzes." in text(answer)
    assert not LetIn.objects.exists()


def test_has_no_codes_on_paper_until_the_town_decides(home: House, resident: Resident, helper: User) -> None:
    page = signed_in(helper).post("/helpen/papier/", {"code": "x", "year": "1980"})
    assert "heeft codes op papier niet aangezet" in text(page)
    assert Town.objects.get().paper_codes is False


def test_shows_by_a_paper_code_only_the_next_money_and_whether_things_are_paid(
    home: House, resident: Resident, helper: User
) -> None:
    code = paper_code_of(home, resident)
    page = text(signed_in(helper).post("/helpen/papier/", {"code": code, "year": "1980"}))
    assert payout(resident) in page
    assert "212,40" not in page
    assert "€ ••" in page
    assert signed_in(helper).post("/helpen/papier/", {"code": code, "year": "1980"}).status_code == 422, "one use"


def test_kills_a_paper_code_after_three_wrong_years(home: House, resident: Resident, helper: User) -> None:
    code = paper_code_of(home, resident)
    for year in ("1979", "1981", "80"):
        with pytest.raises(NotAValidHelpCode):
            take_paper_code(code=code, birth_year=year, helper=helper, now=timezone.now())
    with pytest.raises(NotAValidHelpCode):
        take_paper_code(code=code, birth_year="1980", helper=helper, now=timezone.now())


def paper_code_of(home: House, resident: Resident) -> str:
    Town.objects.update(paper_codes=True)
    Resident.objects.filter(pk=resident.pk).update(birth_date="1980-05-05")
    resident.refresh_from_db()
    return make_paper_code(resident=resident, now=timezone.now(), by=home.case_worker)

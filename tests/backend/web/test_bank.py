"""Bank: several files at once, what became of each in plain words, and a long import that goes on by itself."""

import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from backend import uploads
from backend.models import Upload
from backend.tasks import take_in_uploads
from backend.web.desk.bank import StatementsForm
from budgeting.actions.entries import Part, decide_entry
from budgeting.models import Entry, Role, StatementFile, StatementImport
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in


def statement(home: House, amount: str = "20.00", opening: str = "1000.00") -> bytes:
    return Bank(home.account.iban, Decimal(opening)).day(ON, came_in(amount, ON, name="Niemand"))


def choose(client: Any, **files: bytes) -> Any:
    chosen = [SimpleUploadedFile(name.replace("_", "."), data) for name, data in files.items()]
    return client.post("/bank/", {"chosen": chosen}, follow=True)


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_takes_in_several_files_at_once_and_tells_of_each(home: House) -> None:
    broken = statement(home).replace(b"<Amt", b"<Omt", 1)

    answer = choose(signed_in(home.case_worker), a_xml=statement(home), b_txt=b"Beste collega,", c_xml=broken)

    page = text_of(answer)
    assert "3 bestanden: dit gebeurde ermee" in page
    assert "1 nieuwe boeking." in page
    assert "Wij herkennen niet wat voor bestand dit is." in page
    assert page.count("Wij hebben niets van dit bestand bewaard en niets geboekt.") == 2
    assert Entry.objects.count() == 1


def test_says_that_a_file_was_known_and_changes_nothing(home: House) -> None:
    client = signed_in(home.case_worker)
    choose(client, a_xml=statement(home))

    page = text_of(choose(client, other_xml=statement(home)))

    assert "Alles in dit bestand hadden wij al. Er is niets veranderd." in page
    assert Entry.objects.count() == 1


def test_keeps_a_file_that_does_not_balance_and_says_what_to_do(home: House) -> None:
    wrong = statement(home).replace(b">1020.00<", b">1021.00<")

    page = text_of(choose(signed_in(home.case_worker), a_xml=wrong))

    assert "Bewaard, niet geboekt" in page
    assert "Begin en boekingen zijn samen € 1.020,00, maar aan het einde staat € 1.021,00." in page
    assert "Haal het bestand opnieuw op bij de bank" in page
    assert StatementFile.objects.count() == 1
    assert Entry.objects.count() == 0


def test_names_the_account_that_is_not_ours(home: House) -> None:
    other = Bank(factories.made_up_iban(99)).day(ON, came_in("1.00", ON))

    page = text_of(choose(signed_in(home.case_worker), a_xml=other))

    assert f"Dit afschrift is van rekening {factories.made_up_iban(99)}." in page
    assert StatementFile.objects.count() == 0


def test_asks_for_a_file_when_none_was_chosen(home: House) -> None:
    answer = signed_in(home.case_worker).post("/bank/", {})

    assert answer.status_code == 400
    assert 'href="#id_chosen"' in text_of(answer)
    assert "Kies minstens één bestand." in text_of(answer)


def test_refuses_a_file_that_is_too_big_before_reading_it(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StatementsForm.base_fields["chosen"], "largest", 10)

    answer = signed_in(home.case_worker).post("/bank/", {"chosen": SimpleUploadedFile("groot.xml", b"x" * 11)})

    assert "groot.xml is te groot" in text_of(answer)
    assert Upload.objects.count() == 0


def test_leaves_a_long_import_to_the_worker_and_shows_how_far_it_is(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.web.desk.bank.AT_ONCE", 10)
    client = signed_in(home.case_worker)

    answer = choose(client, a_xml=statement(home))

    assert "Uw bestanden komen binnen" in text_of(answer)
    assert answer.headers["Refresh"].startswith("3; url=/bank/bestanden/")
    assert "Bestanden die u koos komen nog binnen." in text_of(client.get("/bank/"))

    take_in_uploads.call(str(Upload.objects.get().bundle))

    done = client.get(answer.request["PATH_INFO"])
    assert "1 nieuwe boeking." in text_of(done)
    assert "Refresh" not in done.headers


def test_leaves_a_short_file_to_the_worker_when_the_server_dies_over_it(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: object) -> None:
        raise SystemExit

    monkeypatch.setattr("backend.web.desk.bank.take_in_bundle", dies)
    with pytest.raises(SystemExit):
        choose(signed_in(home.case_worker), a_xml=statement(home))
    (asked,) = DBTaskResult.objects.ready()
    assert Upload.objects.get().state == Upload.State.WAITING

    assert take_in_uploads.call(*asked.args_kwargs["args"]) == 1
    assert Upload.objects.get().told["new"] == 1


def test_takes_in_a_bundle_once_however_often_it_is_asked(home: House) -> None:
    bundle = uploads.receive([uploads.ChosenFile("a.xml", statement(home))], by=home.case_worker)

    assert [uploads.take_in_bundle(bundle), uploads.take_in_bundle(bundle)] == [1, 0]
    assert Upload.objects.get().content is None


def test_says_so_when_an_import_breaks_off_and_keeps_nothing(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("backend.uploads.take_in_statement", breaks)

    page = text_of(choose(signed_in(home.case_worker), a_xml=statement(home)))

    assert "Er ging bij ons iets mis." in page
    assert StatementFile.objects.count() == 0


def test_shows_chosen_files_to_who_chose_them_only(home: House) -> None:
    answer = choose(signed_in(home.case_worker), a_xml=statement(home))

    other = signed_in(factories.user(Role.CASE_WORKER))

    assert other.get(answer.request["PATH_INFO"]).status_code == 404
    assert other.get(f"/bank/bestanden/{uuid.uuid4()}/").status_code == 404


def test_lists_statements_with_few_questions_of_the_database(home: House, django_assert_max_num_queries: Any) -> None:
    client = signed_in(home.case_worker)
    choose(client, a_xml=statement(home))
    choose(client, b_xml=statement(home), c_txt=b"niets")

    with django_assert_max_num_queries(13):
        page = text_of(client.get("/bank/"))

    assert page.count("Was al bekend") == 1


def test_says_of_each_statement_how_many_entries_still_wait(home: House) -> None:
    client, bank = signed_in(home.case_worker), Bank(home.account.iban, Decimal("1000.00"))
    for amounts in (("10.00", "11.00", "12.00"), ("20.00",)):
        choose(client, a_xml=bank.day(ON, *(came_in(amount, ON, name="Niemand") for amount in amounts)))
    first = Entry.objects.order_by("pk").first()
    decide_entry(entry=first, parts=[Part(first.amount)], on=ON, by=home.case_worker)

    told = re.findall(
        r'<td class="hhb-number">(\d+)</td><td class="hhb-number">(\d+)</td></tr>', text_of(client.get("/bank/"))
    )

    assert told == [("1", "1"), ("3", "2")]


def test_shows_a_statement_of_balances_only(home: House) -> None:
    client = signed_in(home.case_worker)
    choose(client, a_xml=Bank(home.account.iban, Decimal("1000.00")).day(ON))

    assert StatementImport.objects.get().status == "imported"
    assert Entry.objects.count() == 0
    assert client.get("/bank/").status_code == 200


def test_undoes_the_latest_import_with_a_reason_and_takes_it_in_again(home: House) -> None:
    client = signed_in(home.case_worker)
    choose(client, a_xml=statement(home))
    attempt = StatementImport.objects.get()
    assert f"/bank/ongedaan/{attempt.pk}/" in text_of(client.get("/bank/"))

    assert client.post(f"/bank/ongedaan/{attempt.pk}/", {"reason": ""}).status_code == 422
    page = text_of(client.post(f"/bank/ongedaan/{attempt.pk}/", {"reason": "Verkeerde bestand"}, follow=True))

    assert "1 boeking is ongedaan gemaakt." in page
    assert "Verkeerde bestand" in page
    assert "1 nieuwe boeking." in text_of(choose(client, a_xml=statement(home)))


def test_says_why_an_import_cannot_be_undone(home: House) -> None:
    client = signed_in(home.case_worker)
    choose(client, a_xml=statement(home))
    place = f"/bank/ongedaan/{StatementImport.objects.get().pk}/"
    client.post(place, {"reason": "Verkeerd"})

    assert "Deze import was al ongedaan gemaakt." in text_of(client.post(place, {"reason": "Nog eens"}))
    assert client.get("/bank/ongedaan/99999/").status_code == 404


def test_says_when_and_by_whom_the_same_file_came_in_before(home: House) -> None:
    choose(signed_in(home.case_worker), a_xml=statement(home))

    page = text_of(choose(signed_in(factories.user(Role.CASE_WORKER)), b_xml=statement(home)))

    assert re.search(rf"Het kwam binnen op \d+ \w+ om \d\d:\d\d, door {home.case_worker}\.", page)


def test_says_what_came_and_went_and_what_is_only_to_be_known(home: House) -> None:
    data = statement(home)
    entry = re.search(rb"<Ntry>.*?</Ntry>", data, re.DOTALL)[0]
    pending = entry.replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>")
    assert pending != entry
    totals = re.sub(rb"<TxsSummry>.*?</TxsSummry>", b"", data, flags=re.DOTALL)

    page = text_of(choose(signed_in(home.case_worker), a_xml=totals.replace(entry, entry + pending)))

    assert "€ 20,00</bdi> erbij" in page
    assert "1 boekingen heeft de bank nog niet verwerkt. Die laten wij weg." in page

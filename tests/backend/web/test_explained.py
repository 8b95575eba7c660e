"""How money is recognised: open to everyone, with the figures that were measured."""

import pytest
from django.test import Client

from accessibility.recognised import of_a_hundred
from budgeting.core.measured import measured
from tests.factories import House


def test_tells_a_stranger_how_it_works_and_how_to_object(home: House) -> None:
    page = Client().get("/herkennen/").content.decode()

    assert "Hoe herkennen we geld?" in page
    assert f"{of_a_hundred(measured().whole.right)} van de 100 regels." in page
    assert "Namen uit andere talen" in page
    assert home.town.phone in page
    assert home.town.address in page


@pytest.mark.django_db
def test_tells_the_same_before_the_town_is_set_up() -> None:
    assert Client().get("/herkennen/").status_code == 200

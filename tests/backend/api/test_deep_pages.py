"""The last page of a long list costs as much as the first: the database reads the rows of the page and no others."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgeting.actions.statements import import_statement
from budgeting.models import Agreement, Entry, WaitingEntry
from tests import databases, factories
from tests.backend.api.door import Door
from tests.backend.web.desk import ON
from tests.databases import OwnDatabase
from tests.faults.bank import Bank, came_in

MANY, PAGE = 3000, 10
# A page, the row that tells whether there is another, and rows that were read for nothing.
MOST_READ = 3 * PAGE


@pytest.fixture
def long_lists(own_database: OwnDatabase) -> Door:
    """Thousands of agreements and entries, as the planner of the database knows."""
    home = factories.house()
    one = factories.charge(home, factories.resident(home))
    plain = {"resident": one.resident, "counterparty": one.counterparty, "account": one.account, "direction": "out"}
    rest = {"category": "rent", "recurrence": one.recurrence, "valid_from": date(2026, 1, 1), "window_days": 5}
    Agreement.objects.bulk_create(Agreement(**plain, **rest, description=f"Huur {n}") for n in range(MANY))
    day = Bank(home.account.iban).day(ON, *(came_in("1.00", ON, remittance=f"regel {n}") for n in range(MANY)))
    import_statement(data=day, name="lang.xml", on=ON, by=home.case_worker)
    with databases.owner(own_database.name) as server:
        server.execute("ANALYZE")
    return Door.of(home)


def rows_read(plan: dict[str, Any]) -> int:
    """Rows that the database took from tables and indexes, whatever it did with them after."""
    below = sum(map(rows_read, plan.get("Plans", ())))
    if "Relation Name" not in plan:
        return below
    times = plan["Actual Loops"]
    return below + int(times * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)))


def read_for(door: Door, address: str, table: str) -> int:
    """The most rows that one query about this table read for a page."""
    with CaptureQueriesContext(connection) as asked:
        answer = door.get(address)
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == PAGE
    queries = [one["sql"] for one in asked if one["sql"].startswith("SELECT") and f'FROM "{table}"' in one["sql"]]
    assert queries
    return max(map(read_by, queries))


def read_by(sql: str) -> int:
    """The rows one query reads."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql.replace("%", "%%"))
        told = cursor.fetchone()[0]
    return rows_read((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])


LISTS = (("/agreements?", Agreement), ("/entries?", Entry), ("/entries?waits=true&", Entry))


def test_reads_for_the_last_page_no_more_than_for_the_first(long_lists: Door) -> None:
    assert WaitingEntry.objects.count() == MANY < Agreement.objects.count()

    for address, table in LISTS:
        last = table._base_manager.order_by("-pk").values_list("pk", flat=True)[PAGE + 1]
        for after in (0, last):
            read = read_for(long_lists, f"{address}limit={PAGE}&after={after}", table._meta.db_table)
            assert read <= MOST_READ, (address, after)


def test_would_notice_a_list_that_counts_past_rows(long_lists: Door) -> None:
    assert read_by(f"SELECT * FROM entry ORDER BY id LIMIT {PAGE} OFFSET {MANY - PAGE}") == MANY

"""Plays a script day by day: the desk does its work through the real actions, and then the bank's day ends.

Days that an earlier play has been through are only played at the bank, whose statement must then say what is in the
books already; so the same example can be played again, or on from where it stopped.
"""

from collections.abc import Callable
from datetime import date

from backend.example.bank import Bank
from backend.example.desk import Desk, Done
from payments.core.banking_days import is_banking_day


def play(desk: Desk, bank: Bank, *, tell: Callable[[date], None] | None = None) -> Done:
    """Plays every day from the bank's to the one before the script's `until`, and the desk's morning of that day."""
    statements: tuple[bytes, ...] = ()
    while bank.today < desk.script.until:
        on = bank.today
        if tell:
            tell(on)
        desk.hear(on, statements)
        _work(desk, on)
        desk.go_to_the_bank(on, bank)
        statements = bank.end_day()
    desk.hear(desk.script.until, statements)
    # Twice: what the first put in a batch makes room for the plan of the pay days after it.
    desk.prepare(desk.script.until)
    desk.prepare(desk.script.until)
    return desk.done


def _work(desk: Desk, on: date) -> None:
    desk.done.days += 1
    if on <= desk.known_until:
        desk.done.known += 1
    elif is_banking_day(on):
        desk.prepare(on)
        desk.sign(on)

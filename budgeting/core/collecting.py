"""How Python clears memory while a great many rows are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def many_objects() -> Iterator[None]:
    """Around work that makes a hundred thousand objects: Python does not look for dead circles among them.

    It would go over all of them again and again (a tenth of the time of an import), and rows make no circles: they are
    let go as soon as nobody holds them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()

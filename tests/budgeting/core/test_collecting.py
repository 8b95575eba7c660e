"""The house lets Python clear memory again after many rows were made, and leaves it as it was found."""

import gc

import pytest

from budgeting.core.collecting import many_objects


@pytest.fixture
def found():
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize("enabled", [True, False])
def test_clears_memory_only_around_the_work(enabled):
    (gc.enable if enabled else gc.disable)()
    with many_objects():
        assert not gc.isenabled()
        with many_objects():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() is enabled


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize("enabled", [True, False])
def test_clears_memory_again_when_the_work_fails(enabled):
    (gc.enable if enabled else gc.disable)()
    with pytest.raises(ZeroDivisionError), many_objects():
        raise ZeroDivisionError
    assert gc.isenabled() is enabled

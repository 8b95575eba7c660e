"""Walking XML piece by piece: whatever the pieces are, the same is read, counted and refused, in little memory."""

from io import BytesIO

import pytest

from budgeting.core.readers import guarded_xml
from budgeting.core.readers.guarded_xml import closing_tags, elements, root_name
from budgeting.core.statement import Problem, Unreadable

PIECES = [*range(1, 40), 8192]
BATCH = b'<D xmlns="urn:x"><N>1</N><o:N xmlns:o="urn:y">2</o:N><!-- <N></N> --><M><N/>\n<N\n>4</N\t></M></D>'


class Watched(BytesIO):
    """A file that is never read in bigger pieces than it should."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= guarded_xml.CHUNK
        return super().read(size)


def stopped(data: bytes, *tags: str) -> Problem:
    with pytest.raises(Unreadable) as stop:
        list(elements(BytesIO(data), *(tags or ("N",))))
    return stop.value.problem


@pytest.fixture(params=PIECES)
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Files are read in pieces of this many bytes."""
    monkeypatch.setattr(guarded_xml, "CHUNK", request.param)
    size: int = request.param
    return size


@pytest.mark.usefixtures("piece")
def test_hands_out_the_same_elements_whatever_the_pieces() -> None:
    found = [(element.tag, element.text) for element, _ in elements(Watched(BATCH), "N")]
    inside = [("{urn:x}N", "1"), ("{urn:y}N", "2"), ("{urn:x}N", None), ("{urn:x}N", "4")]
    assert found == [*inside, ("{urn:x}D", None)]


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("mark", [b"N>", b"<D", b"</N>", b"D>", b"xmlns"])
def test_counts_every_mark_once_whatever_the_pieces(mark: bytes) -> None:
    *_, (_, seen) = elements(Watched(BATCH), "N", count=mark)
    assert seen == BATCH.count(mark)


def test_counts_nothing_when_nothing_is_asked() -> None:
    assert {seen for _, seen in elements(Watched(BATCH), "N")} == {0}


@pytest.mark.usefixtures("piece")
def test_counts_closing_tags_with_any_prefix_and_space() -> None:
    assert closing_tags(Watched(b"long text before" + BATCH), "N") == 4
    assert closing_tags(Watched(b"<NN></NN></xN></a:b:N></ N>"), "N") == 0
    assert closing_tags(Watched(b"</N>"), "N") == 1


def test_counts_closing_tags_from_the_beginning_wherever_the_file_stands() -> None:
    source = Watched(b"</N>" + BATCH)
    source.seek(30)
    assert closing_tags(source, "N") == 5


@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("word", ["<!DOCTYPE a>", '<!ENTITY a "b">'])
def test_sees_a_dtd_that_lies_over_two_pieces(kind: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_xml, "CHUNK", 32)
    for length in range(35):
        data = f"<!--{'x' * length}-->{word}<D/>".encode(kind)
        assert stopped(data) == Problem("dtd_forbidden")
        with pytest.raises(Unreadable, match="dtd_forbidden"):
            root_name(Watched(data))


def test_resolves_no_entity_even_of_a_dtd_that_nobody_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_xml, "_refuse_dtd", lambda _: None)
    data = b'<!DOCTYPE D [<!ENTITY e "boom">]><D><N>&e;</N></D>'
    element, _ = next(elements(BytesIO(data), "N"))
    assert (element.text, [part.text for part in element]) == (None, ["&e;"])


def test_takes_what_it_handed_out_from_the_tree(piece: int) -> None:
    *_, (root, _) = elements(Watched(b"<D>" + b"<N><a/></N>" * 30 + b"</D>"), "N")
    assert len(root) == 1, piece
    assert len(root[0]) == 0


def test_remembers_only_the_last_of_what_it_handed_out() -> None:
    *_, (root, _) = elements(BytesIO(b"<D><N/><N/><N/><M/></D>"), "O")
    shells = list(root)
    guarded_xml._let_go(shells)
    assert [shell.tag for shell in shells] == ["M"]
    assert [shell.tag for shell in root] == ["M"]


LIMITS = [
    (b"<D>", b"<a b=''/><a b=''/><a/>", 1 + 5 + 1),
    (b"<D><N/>", b"<a b=''/><a b=''/><a/>", 5 + 1),
]


@pytest.mark.parametrize(("before", "between", "signs"), LIMITS)
def test_lets_as_many_signs_pass_as_it_says_and_no_more(
    before: bytes, between: bytes, signs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_xml, "CHUNK", 1)
    data = before + between + b"<N/></D>"
    # The sign with which a wanted element ends its piece is forgotten with the rest: one less is still enough.
    monkeypatch.setattr(guarded_xml, "SPARSE_SIGNS", signs)
    assert len(list(elements(BytesIO(data), "N"))) == before.count(b"N") + 2
    monkeypatch.setattr(guarded_xml, "SPARSE_SIGNS", signs - 1)
    assert stopped(data) == Problem("element_too_big")


@pytest.mark.parametrize(("before", "between"), [one[:2] for one in LIMITS])
def test_lets_as_many_bytes_pass_as_it_says_and_no_more(
    before: bytes, between: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_xml, "CHUNK", 1)
    data = before + between + b"<N/></D>"
    size = len(between) + (0 if b"N" in before else len(before)) + len(b"<N/")
    monkeypatch.setattr(guarded_xml, "SPARSE_BYTES", size)
    assert len(list(elements(BytesIO(data), "N"))) == before.count(b"N") + 2
    monkeypatch.setattr(guarded_xml, "SPARSE_BYTES", size - 1)
    assert stopped(data) == Problem("element_too_big")


def test_names_the_place_of_what_is_too_deep_or_too_long() -> None:
    deep = stopped(b"<D>\n" + b"<a>" * 300)
    assert (deep.code, deep.where.split(",")[0], dict(deep.values)) == ("too_deep", "line 2", {})
    long = stopped(b"<D>\n<a>" + b"x" * 10_100_000 + b"</a></D>")
    assert (long.code, long.where.split(",")[0], dict(long.values)) == ("element_too_big", "line 2", {})


def test_tells_what_is_wrong_from_what_is_cut_off() -> None:
    assert stopped(b"<D>\n<N></D>") == Problem("not_well_formed", "line 2, column 8")
    assert stopped(b"<D>\n<N b=1/></D>").code == "not_well_formed"
    assert stopped(b"<D>\n<N/>").code == "cut_off"
    assert stopped(b"<D>\n<N/").code == "cut_off"


LONG = "<D>" + "abc" * 10


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (LONG.encode("utf-16-le") + b"x", Problem("charset", "byte 66", {"charset": "utf-16-le"})),
        (LONG.encode("utf-16-be") + b"\xd8\0\0x", Problem("charset", "byte 66", {"charset": "utf-16-be"})),
        (LONG.encode("utf-16-be") + b"\xdf\0\0x", Problem("charset", "byte 66", {"charset": "utf-16-be"})),
        (
            f"<?xml version='1.0' encoding='cp1252'?>{LONG}".encode() + b"\x8f",
            Problem("charset", "byte 72", {"charset": "cp1252"}),
        ),
        (LONG.encode() + b"\0</D>", Problem("control_character", "", {"character": "NUL"})),
        (b"<D>\xe9 and more", Problem("charset", "line 1, column 4", {"charset": "utf-8"})),
        (f"{LONG}\0</D>".encode("utf-16"), Problem("control_character", "", {"character": "NUL"})),
    ],
)
@pytest.mark.parametrize("size", [45, 66, 8192])
def test_names_the_byte_that_it_cannot_read(
    data: bytes, problem: Problem, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_xml, "CHUNK", size)
    assert stopped(data) == problem


def test_knows_the_root_whatever_stands_before_it() -> None:
    for length in range(470, 530):
        data = f"<?xml version='1.0'?><!--{'x' * length}--><p:Document xmlns:p='urn:x' a='1'>".encode()
        assert root_name(Watched(data)) == ("urn:x", "Document"), length
    assert root_name(BytesIO(b"<D xmlns='urn:a}b'/>")) == ("urn:a}b", "D")
    assert root_name(BytesIO(b"<Feed/>")) == ("", "Feed")


def test_looks_for_a_root_no_further_than_the_prolog_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_xml, "CHUNK", 10)
    monkeypatch.setattr(guarded_xml, "PROLOG", 50)
    assert root_name(Watched(b"<!--" + b"x" * 30 + b"--><Feed/>")) == ("", "Feed")
    assert root_name(Watched(b"<!--" + b"x" * 40 + b"--><Feed/>")) == ("", "")

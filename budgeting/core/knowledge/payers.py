"""Which payers send money to many residents from one account, and which words say nothing about whose money it is."""

from budgeting.core.words import words

# A line from one of these belongs to anyone, also to a resident whose agreement we do not have yet.
PAYS_MANY = frozenset(
    words(
        "belastingdienst toeslagen toeslag uwv svb duo lbio cak gemeente gem zorgkantoor pensioenfonds abp "
        "pfzw bpf pmt uitzendbureau uitzend uitzendkrachten payroll payrolling randstad tempo olympia adecco "
        "manpower youngcapital startpeople unique timing otto covebo luba asa synergie bewindvoering "
        "bewindvoerder budgetbeheer derdengelden deurwaarders gerechtsdeurwaarders kredietbank"
    )
)

_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december "
    "jan feb mrt apr jun jul aug sep sept okt nov dec"
)
# Words that only say when.
SAYS_WHEN = frozenset(
    words(
        f"{_MONTHS} maandag dinsdag woensdag donderdag vrijdag zaterdag zondag week maand kwartaal jaar periode "
        "termijn datum dag eerste tweede derde vierde"
    )
)
# Words of kinds of money, periods, firms and bank texts: they tell nobody apart.
_TELLS_NOBODY = frozenset(
    words(
        f"{_MONTHS} "
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag week maand kwartaal jaar periode termijn "
        "datum dag huur woonhuur huurprijs servicekosten huurtoeslag zorgtoeslag kinderopvangtoeslag "
        "kinderopvang toeslag toeslagen kindgebonden budget kinderbijslag kindregelingen uitkering "
        "uitkeringen bijstand participatiewet pw wwb aow anw aio wajong wia wga iva wao ww zw ziektewet "
        "pensioen loon salaris sal netto bruto vakantiegeld vakantietoeslag eindejaarsuitkering nabetaling "
        "correctie voorschot voorlopige teruggaaf teruggave inkomstenbelasting belasting heffingskorting "
        "alimentatie kinderalimentatie partneralimentatie studiefinanciering stufi lening rente aflossing "
        "energie gas stroom elektra elektriciteit licht warmte stadsverwarming water drinkwater waterbedrijf "
        "internet telefoon mobiel premie zorgverzekering zorgpremie basisverzekering verzekering polis pakket "
        "eigen risico bijdrage factuur faktuur nota rekening betaling betalingskenmerk kenmerk contract "
        "contractnr contractnummer klant klantnr klantnummer dossier dossiernr relatie relatienr nummer nr "
        "ref referentie polisnr zaak zaaknr uitkeringsnr bsn gemeente belastingdienst dienst uwv svb duo "
        "stichting vereniging bv nv vof bank naam omschrijving iban bic sepa incasso overboeking machtiging "
        "incassant europese doorlopend algemeen trtp remi eref marf csid name notprovided leefgeld regeling "
        "inwoner client bewind bewindvoering budgetbeheer afspraak vaste lasten maandelijks woning adres "
        "straat van der den het een voor tot met over aan uit per inzake betreft"
    )
)


def pays_many(counterparty_name: str) -> bool:
    """Whether a payer of this name pays many people from one account, as public bodies and agencies do."""
    return not PAYS_MANY.isdisjoint(words(counterparty_name))


def tells_apart(word: str) -> bool:
    """Whether a folded word can tell one resident from another: a number of four digits or more, or no common word.

    A year tells nobody apart; neither does a word of one or two letters.
    """
    digits = sum(char.isdigit() for char in word)
    if digits:
        return digits >= 4 and not (len(word) == 4 and word[:2] in {"19", "20"})
    return len(word) >= 3 and word not in _TELLS_NOBODY

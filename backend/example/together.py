"""The households of two or three: in a household each resident keeps a budget of their own, and one pays the rent."""

from backend.example import parts as p
from backend.example.people import person

TOGETHER = (
    (
        person(22, ("Henk", "Dijkstra"), "1954-10-10", "nl", "paper", p.every_week(1),
               p.state_pension("1006.20"), p.company_pension("243.80"), p.rent_allowance("214.00"),
               p.rent("linde", "655.60"), p.water("51.30"), p.health("welzijn", "161.20")),
        person(23, ("Truus", "Dijkstra-Bakker"), "1956-05-04", "nl", "paper", p.every_week(1),
               p.state_pension("1006.20"), p.care_allowance("204.00"), p.energy("polder", "149.00"),
               p.health("welzijn", "161.20")),
    ),
    (
        person(24, ("Fatma", "Demir"), "1983-02-13", "tr", "screen", p.WEEKLY,
               p.child_budget("478.00"), p.child_benefit("837.85"), p.care_allowance("187.00"),
               p.rent_allowance("187.00"), p.energy("zonnewind", "189.00"), p.health("samen", "155.10")),
        person(25, ("Hakan", "Demir"), "1980-11-29", "tr", "screen", p.WEEKLY,
               p.wages("garage", "1912.00", p.monthly(25)), p.rent("haven", "729.40", from_start=True),
               p.water("66.10"), p.health("samen", "155.10")),
    ),
    (
        person(26, ("Selam", "Kidane"), "1995-01-08", "ti!", "helper", p.every_week(2),
               p.benefit("934.60"), p.rent_allowance("351.00"), p.rent("linde", "646.15"),
               p.health("samen", "155.10")),
        person(27, ("Daniel", "Haile"), "1992-03-21", "ti!", "helper", p.WEEKLY,
               p.benefit("934.60"), p.care_allowance("226.00"), p.child_budget("214.00"), p.child_benefit("254.87"),
               p.heat("118.00"), p.water("48.40"), p.health("samen", "155.10")),
    ),
    (
        person(28, ("Nour", "Khalil"), "1989-06-02", "ar", "voice", p.WEEKLY,
               p.benefit("934.60"), p.child_budget("589.00"), p.child_benefit("800.31"), p.energy("polder", "196.00"),
               p.health("welzijn", "161.20")),
        person(29, ("Bassam", "Khalil"), "1982-09-12", "ar!", "helper", p.WEEKLY,
               p.benefit("934.60"), p.care_allowance("226.00"), p.rent_allowance("366.00"), p.rent("haven", "711.80"),
               p.water("72.20"), p.health("welzijn", "161.20")),
    ),
    (
        person(30, ("Pawel", "Wrona"), "1985-04-17", "pl", "screen", p.every_week(3),
               p.wages("agency", "598.20", p.every_week(5), "74.00"), p.rent("gracht", "812.00", from_start=True),
               p.health("samen", "155.10")),
        person(31, ("Zofia", "Wrona"), "1988-12-15", "pl", "screen", p.every_week(3),
               p.wages("cleaning", "986.40", p.every_four_weeks(5, 2), "120.00"), p.care_allowance("71.00"),
               p.child_benefit("254.87"), p.energy("zonnewind", "154.00"), p.water("47.70"),
               p.health("samen", "155.10")),
    ),
    (
        person(32, ("Iryna", "Bondar"), "1990-08-08", "uk", "screen", p.TWO_WEEKLY,
               p.wages("restaurant", "1244.00", p.monthly(28), "92.00"), p.care_allowance("128.00"),
               p.rent_allowance("252.00"), p.rent("linde", "628.30"), p.water("46.60"), p.health("samen", "155.10")),
        person(33, ("Halyna", "Bondar"), "1958-11-05", "uk!", "paper", p.TWO_WEEKLY,
               p.benefit("1284.10"), p.care_allowance("131.00"), p.energy("polder", "138.00"),
               p.health("samen", "155.10")),
    ),
    (
        person(34, ("Marleen", "Smeets"), "1978-07-01", "nl", "screen", p.MONTHLY,
               p.wages("school", "1688.00", p.monthly(24)), p.rent("haven", "748.00"), p.health("welzijn", "161.20")),
        person(35, ("Ruud", "Smeets"), "1975-09-26", "nl", "voice", p.WEEKLY,
               p.uwv("1142.80", p.monthly(23), "WIA"), p.care_allowance("96.00"), p.energy("zonnewind", "158.00"),
               p.water("49.90"), p.health("welzijn", "161.20")),
    ),
    (
        person(36, ("Amina", "Jama"), "1986-02-09", "so", "voice", p.every_week(4),
               p.wages("care_home", "1322.50", p.monthly(25), "58.00"), p.child_budget("702.00"),
               p.child_benefit("1092.72"), p.care_allowance("131.00"), p.rent("linde", "689.95"),
               p.health("samen", "155.10")),
        person(37, ("Zahra", "Jama"), "2006-05-20", "nl", "screen", p.WEEKLY,
               p.student_finance("538.40"), p.wages("bakery", "386.00", p.every_four_weeks(4, 3), "70.00"),
               p.care_allowance("131.00"), p.energy("polder", "87.00"), p.health("samen", "155.10")),
    ),
    (
        person(38, ("Elif", "Kaplan"), "1974-01-25", "tr", "screen", p.WEEKLY,
               p.wages("school", "1204.30", p.monthly(24)), p.care_allowance("131.00"), p.rent_allowance("268.00"),
               p.rent("haven", "676.60"), p.health("welzijn", "161.20")),
        person(39, ("Emre", "Kaplan"), "2004-10-31", "nl", "screen", p.WEEKLY,
               p.wages("warehouse", "742.00", p.every_four_weeks(4), "110.00"), p.care_allowance("131.00"),
               p.energy("zonnewind", "96.00"), p.health("samen", "155.10")),
        person(40, ("Ayse", "Kaplan"), "1949-06-18", "tr!", "paper", p.TWO_WEEKLY,
               p.state_pension("1318.70"), p.care_allowance("131.00"), p.water("61.80"),
               p.health("welzijn", "161.20")),
    ),
)  # fmt: skip

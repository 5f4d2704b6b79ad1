"""How a citation is written, and which citations a change of law concerns."""

import pytest

from quizapp.rules.citations import covers, is_law, kind_of, problem_of, problem_of_search

GOOD = {
    "CFR": [
        "45 CFR 164.524(b)(2)(i)",
        "45 CFR 164.502(b)(2)(i), (ii), (iv)",
        "42 CFR 422.566(a)-(b)",
        "45 CFR 160.103 (business associate, para. (1)(i))",
        "26 CFR 1.6050I-1(a)(1)(i)",
        "29 CFR Part 1602",
    ],
    "USC": [
        "29 USC 2612(e)(1)",
        "42 USC 1320a-7b(b)",
        "26 USC 4980B(f)(2)(C)(i)",
        "26 USC 3102(f)(1) (added by Pub. L. 111-148, sec. 9015, 124 Stat. 871)",
    ],
    "FR": ["91 FR 25496 (May 11, 2026)"],
    "rule": ["Fed. R. Civ. P. 37(e)"],
    "act": ["Pub. L. 117-328, div. FF, title IV, sec. 4113", "Pub. L. 111-148, sec. 9015"],
    "case": [
        "Faragher v. City of Boca Raton, 524 U.S. 775 (1998)",
        "Chaney v. Plainfield Healthcare Ctr., 612 F.3d 908 (7th Cir. 2010)",
        "In re Smith, 5 F.3d 100 (9th Cir. 1999)",
        "United States v. Greber, 760 F.2d 68 (3d Cir. 1985)",
        "Schroeder v. Commissioner, T.C. Memo. 1986-583 (as quoted in Burton v. Commissioner, 2001)",
    ],
    "manual": [
        "Medicare Claims Processing Manual, ch. 12, sec. 40.2",
        "TRICARE Reimbursement Manual 6010.61-M, ch. 4, sec. 4, para. 1.1",
    ],
    "arithmetic": ["Break-even volume, standard managerial-accounting formula", "Arithmetic from the stem"],
    "standard": ["Goldratt & Cox, The Goal (1984)", "OSHA letter of interpretation (Mar 27, 2002)"],
}


@pytest.mark.parametrize(("kind", "ref"), [(kind, ref) for kind, refs in GOOD.items() for ref in refs])
def test_each_kind_of_citation_has_its_form(kind: str, ref: str) -> None:
    assert (kind_of(ref), problem_of(ref)) == (kind, None)


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("CFR", "45 C.F.R. 164.524(b)"),
        ("CFR", "45 CFR § 164.524"),
        ("CFR", "45 CFR 164.524 (b)(2)(i) applies"),
        ("CFR", "CFR 164.524"),
        ("CFR", "29 cfr 1910.1030"),
        ("CFR", "29CFR 1910.1030"),
        ("CFR", "see 29 CFR 1910.1030(h)"),
        ("CFR", "Title 29 CFR 1910.1030"),
        ("CFR", "OSHA 1910.1030"),
        ("CFR", "EEOC summary of 29 CFR Part 1602"),
        ("CFR", "45 CFR 164.404 (b)"),
        ("CFR", "45 CFR 164.404 (iii)"),
        ("CFR", "0 CFR 1.1"),
        ("CFR", "51 CFR 1.1"),
        ("CFR", "99 CFR 1.1"),
        ("USC", "55 USC 101"),
        ("CFR", "§ 164.524"),
        ("USC", "29 U.S.C. 2612"),
        ("USC", "29 USC sec. 2612"),
        ("FR", "91 Fed. Reg. 25496"),
        ("FR", "91 FR 25496 (5/11/2026)"),
        ("rule", "Fed. R. Civ. P., rule 37"),
        ("case", "Faragher vs. City of Boca Raton, 524 U.S. 775 (1998)"),
        ("case", "Faragher v. City of Boca Raton"),
        ("case", "In re Smith"),
        ("act", "Public Law 117-328"),
        ("act", "Pub. L. 117-328, div. FF"),
        ("manual", "Medicare Claims Processing Manual, chapter 12"),
        ("manual", "MCPM ch. 12 sec. 40"),
        ("manual", "CMS Manual"),
        ("standard", "A book"),
        ("standard", "https://www.osha.gov/bloodborne-pathogens"),
        ("standard", "www.osha.gov/bloodborne-pathogens"),
        ("standard", "Goldratt &  Cox, The Goal (1984)"),
    ],
)
def test_another_form_is_named(kind: str, ref: str) -> None:
    assert kind_of(ref) == kind
    assert problem_of(ref)


def test_law_is_code_register_rule_case_or_official_manual() -> None:
    assert is_law(["Goldratt & Cox, The Goal (1984)", "29 USC 2612(e)(1)"])
    assert not is_law(["Association of Certified Fraud Examiners, Fraud Examiners Manual", "Break-even formula"])


@pytest.mark.parametrize(
    ("wanted", "ref", "concerned"),
    [
        ("45 CFR 164.404", "45 CFR 164.404", True),
        ("45 CFR 164.404", "45 CFR 164.404(d)(2)(i)", True),
        ("45 CFR 164.404(d)(2)", "45 CFR 164.404(d)(2)(i)", True),
        ("45 CFR 164.404(d)(2)(i)", "45 CFR 164.404", True),
        ("45 CFR 164.404(b)", "45 CFR 164.404(d)(2)(i)", False),
        ("45 CFR 164.502(b)(2)(ii)", "45 CFR 164.502(b)(2)(i), (ii), (iv)", True),
        ("45 CFR 164.402", "45 CFR 164.402 (breach, para. (2))", True),
        ("45 cfr 164", "45 CFR 164.404(d)", True),
        ("45 CFR 164", "45 CFR 1641.1", False),
        ("45 CFR 164.40", "45 CFR 164.404", False),
        ("45 CFR 164.404", "42 CFR 164.404", False),
        ("42 USC 1320a-7", "42 USC 1320a-7b(b)", False),
        ("42 USC 1320a-7b", "42 USC 1320a-7b(b)", True),
        ("medicare claims processing manual, ch. 12", "Medicare Claims Processing Manual, ch. 12, sec. 30.6.6", True),
        ("45 CFR 164.404", "Medicare Claims Processing Manual, ch. 12", False),
        ("medicare claims processing manual, ch. 1", "Medicare Claims Processing Manual, ch. 12, sec. 30.6.6", False),
        ("42 CFR Part 2", "42 CFR 2.31(a)", True),
        ("42 CFR Part 2, subpart C", "42 CFR 2.31(a)", True),
        ("42 CFR Part 2", "42 CFR 20.1", False),
        ("29 CFR 1602.14", "29 CFR Part 1602", True),
        ("29 CFR 1603.14", "29 CFR Part 1602", False),
        ("45 C.F.R. § 164.404", "45 CFR 164.404(b)", True),
        ("45CFR164.404 (b)", "45 CFR 164.404(b)", True),
        ("Title 45 CFR sec. 164.404", "45 CFR 164.404(b)", True),
        ("45 CFR 164.404 (c)", "45 CFR 164.404(b)", False),
        ("42 U.S.C. §§ 1395nn", "42 USC 1395nn(a)", True),
        ("42 USC 1395w–4", "42 USC 1395w-4(b)(1)", True),
        ("91 Fed. Reg. 25496", "91 FR 25496 (May 11, 2026)", True),
        ("91 FR 2549", "91 FR 25496 (May 11, 2026)", False),
        ("", "45 CFR 164.404", False),
    ],
)
def test_a_change_concerns_its_section_its_part_and_paragraphs_within_and_around(
    wanted: str, ref: str, concerned: bool
) -> None:
    assert covers(wanted, ref) is concerned


@pytest.mark.parametrize("wanted", ["", "  ", "45 CFR", "CFR 164.404", "§ 164.404", "99 CFR 1.1", "45 CRF 164.404"])
def test_what_cannot_be_looked_up_is_told_the_form(wanted: str) -> None:
    assert "such as 45 CFR 164.524(b)(2)(i)" in (problem_of_search(wanted) or "")


@pytest.mark.parametrize("wanted", ["45 C.F.R. § 164.404", "42 CFR Part 2", "42 USC 1395nn", "Faragher", "91 FR 25496"])
def test_a_citation_is_looked_up_however_it_is_written(wanted: str) -> None:
    assert problem_of_search(wanted) is None

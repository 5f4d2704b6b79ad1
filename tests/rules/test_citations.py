"""How a citation is written, and which citations a change of law concerns."""

import pytest

from quizapp.rules.citations import covers, is_law, kind_of, problem_of

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
    "case": [
        "Faragher v. City of Boca Raton, 524 U.S. 775 (1998)",
        "Chaney v. Plainfield Healthcare Ctr., 612 F.3d 908 (7th Cir. 2010)",
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
        ("USC", "29 U.S.C. 2612"),
        ("USC", "29 USC sec. 2612"),
        ("FR", "91 Fed. Reg. 25496"),
        ("FR", "91 FR 25496 (5/11/2026)"),
        ("rule", "Fed. R. Civ. P., rule 37"),
        ("case", "Faragher vs. City of Boca Raton, 524 U.S. 775 (1998)"),
        ("case", "Faragher v. City of Boca Raton"),
        ("manual", "Medicare Claims Processing Manual, chapter 12"),
        ("standard", "A book"),
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
    ],
)
def test_a_change_concerns_its_section_its_part_and_paragraphs_within_and_around(
    wanted: str, ref: str, concerned: bool
) -> None:
    assert covers(wanted, ref) is concerned

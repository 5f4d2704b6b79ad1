"""What the check says of a bank: errors that fail, warnings that do not, each with file, line and reason."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from quizapp.bank.check import check, latest_review, months_later
from quizapp.cli import quizapp
from tests import make
from tests.bank.bank_folder import FILE, items_of, make_bank

TODAY = date(2026, 6, 1)
WHY = "It names the mistake and says in one or two plain sentences what would have made the option right."
ITEM = f"""\
- id: fin-one
  domain: finance
  areas: [finance]
  topics: [budgeting]
  level: application
  difficulty: 0.6
  status: published
  stem: What does a budget plan?
  options:
    - text: The year to come
      key: true
      rationale: {WHY}
    - text: The year gone by
      rationale: {WHY}
    - text: The loans that are due
      rationale: {WHY}
  cites:
    - ref: A textbook of management
      proves: That.
  checked: {{against: standard-work, on: 2026-01-15}}
  stability: N
  review_by: 2027-03-10
"""
LAW = (
    ITEM.replace("A textbook of management", "45 CFR 164.404(b)")
    .replace("stability: N", "stability: S")
    .replace("standard-work", "primary-text")
)


def found(tmp_path: Path, text: str) -> tuple[list[str], list[str]]:
    findings = check(items_of(make_bank(tmp_path, text)), TODAY)
    return [str(problem) for problem in findings.errors], [str(problem) for problem in findings.warnings]


def test_a_sound_item_is_neither_error_nor_warning(tmp_path: Path) -> None:
    assert found(tmp_path, ITEM) == ([], [])
    (folder := tmp_path / "law").mkdir()
    assert found(folder, LAW) == ([], [])


def test_a_citation_has_the_form_of_its_kind(tmp_path: Path) -> None:
    (error,) = found(tmp_path, LAW.replace("45 CFR", "45 C.F.R."))[0]
    assert error.startswith(
        f"{FILE}:18: fin-one: '45 C.F.R. 164.404(b)' is not the form of a citation of this kind (CFR)"
    )


def test_a_law_item_cites_law(tmp_path: Path) -> None:
    text = ITEM.replace("stability: N", "stability: S").replace("standard-work", "agency-page")
    assert found(tmp_path, text)[0] == [
        f"{FILE}:18: fin-one: a law item must cite CFR, USC, FR, an act, a rule, a manual or a case"
    ]


def test_a_law_item_that_rests_on_knowledge_stays_a_draft(tmp_path: Path) -> None:
    text = LAW.replace("primary-text", "knowledge")
    assert found(tmp_path, text)[0] == [f"{FILE}:20: fin-one: a law item that rests on knowledge must stay a draft"]
    (folder := tmp_path / "draft").mkdir()
    assert found(folder, text.replace("published", "draft")) == ([], [])


@pytest.mark.parametrize("against", ["standard-work", "arithmetic"])
def test_whoever_cites_law_has_read_it(tmp_path: Path, against: str) -> None:
    reason = f"cites law, but was checked against {against}: read the law, or cite only what proves the key"
    assert found(tmp_path, LAW.replace("primary-text", against))[0] == [f"{FILE}:20: fin-one: {reason}"]


@pytest.mark.parametrize("stability", ["S", "N"])
def test_law_that_is_cited_makes_an_item_of_any_stability_a_law_item(tmp_path: Path, stability: str) -> None:
    text = LAW.replace("primary-text", "knowledge").replace("stability: S", f"stability: {stability}")
    assert found(tmp_path, text)[0] == [f"{FILE}:20: fin-one: a law item that rests on knowledge must stay a draft"]


def test_dates_warn_and_never_fail(tmp_path: Path) -> None:
    errors, warnings = found(tmp_path, ITEM.replace("2027-03-10", "2026-05-31").replace("2026-01-15", "2026-05-30"))
    assert (errors, warnings) == ([], [f"{FILE}:22: fin-one: the review was due by 2026-05-31"])
    (folder := tmp_path / "later").mkdir()
    errors, warnings = found(folder, ITEM.replace("2026-01-15", "2026-06-02"))
    assert (errors, warnings) == ([], [f"{FILE}:20: fin-one: checked on 2026-06-02, which is still to come"])
    (folder := tmp_path / "younger").mkdir()
    errors, warnings = found(folder, ITEM.replace("on: 2026-01-15", "on: 2026-01-15, text_of: 2026-02"))
    assert (errors, warnings) == (
        [],
        [f"{FILE}:20: fin-one: the text of 2026-02 is younger than the check of it"],
    )
    (folder := tmp_path / "too-late").mkdir()
    assert found(folder, ITEM.replace("2027-03-10", "2029-01-16"))[1] == [
        f"{FILE}:22: fin-one: stability N asks for a review by 2029-01-15, not 2029-01-16"
    ]


def test_a_figure_of_a_year_lasts_as_long_as_the_year() -> None:
    text = make.item_text(stability="I")
    assert latest_review(text) == date(text.checked.on.year, 12, 31)
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 1), 12) == date(2027, 12, 1)


def test_a_flaw_warns_at_the_line_of_its_option(tmp_path: Path) -> None:
    assert found(tmp_path, ITEM.replace("The loans that are due", "Never the loans")) == (
        [],
        [f"{FILE}:15: fin-one: absolutes: “never” in distractors alone"],
    )


def test_a_rationale_that_is_too_short_warns_at_its_own_line(tmp_path: Path) -> None:
    assert found(tmp_path, ITEM.replace(WHY, "Short.", 1))[1] == [
        f"{FILE}:12: fin-one: rationale-length: the rationale has 1 words, not 15 to 50"
    ]


def test_a_flaw_is_dismissed_with_a_reason(tmp_path: Path) -> None:
    text = ITEM.replace("The loans that are due", "Never the loans")
    assert found(tmp_path, text + "  dismissed: {absolutes: a policy says just this}\n") == ([], [])


@pytest.mark.parametrize(
    ("dismissed", "reason"),
    [
        ("absolutes: there is none in here", "dismisses 'absolutes', which it does not have"),
        ("ugliness: it is not so bad", "there is no flaw 'ugliness' to dismiss"),
    ],
)
def test_dismissing_what_is_not_there_is_an_error(tmp_path: Path, dismissed: str, reason: str) -> None:
    assert found(tmp_path, ITEM + f"  dismissed: {{{dismissed}}}\n")[0] == [f"{FILE}:23: fin-one: {reason}"]


def test_a_dismissal_needs_words(tmp_path: Path) -> None:
    text = ITEM.replace("The loans that are due", "Never the loans") + "  dismissed: {absolutes: fine}\n"
    assert found(tmp_path, text)[0] == [f"{FILE}:23: fin-one: dismisses 'absolutes' without a reason"]


STEM = (
    "A clinic found its supply cabinet unlocked on the first Monday of the month and two boxes gone. What comes first?"
)
LONG = ITEM.replace("What does a budget plan?", STEM)


def test_an_item_that_says_the_same_as_another_is_an_error(tmp_path: Path) -> None:
    errors, warnings = found(tmp_path, LONG + LONG.replace("fin-one", "fin-two").replace("year to", "year  TO"))
    assert errors == [
        f"{FILE}:8: fin-one: says the same as fin-two",
        f"{FILE}:30: fin-two: says the same as fin-one",
    ]
    assert len(warnings) == 2


def test_an_item_that_says_nearly_the_same_warns_until_dismissed(tmp_path: Path) -> None:
    other = LONG.replace("fin-one", "fin-two").replace("Monday", "Tuesday")
    assert found(tmp_path, LONG + other) == (
        [],
        [
            f"{FILE}:8: fin-one: near-duplicate: nearly the same as fin-two",
            f"{FILE}:30: fin-two: near-duplicate: nearly the same as fin-one",
        ],
    )
    (folder := tmp_path / "dismissed").mkdir()
    dismissed = "  dismissed: {near-duplicate: the other day of the week matters}\n"
    assert found(folder, LONG + dismissed + other + dismissed) == ([], [])


def test_a_retired_item_is_left_alone(tmp_path: Path) -> None:
    assert found(tmp_path, LAW.replace("published", "retired").replace("45 CFR", "45 C.F.R.")) == ([], [])


def run(bank: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"QUIZAPP_BANK": str(bank), "QUIZAPP_VAR": str(bank / "var")}).invoke(
        quizapp, ["bank", "check", *arguments]
    )
    return result.exit_code, result.output


def test_the_command_fails_on_errors_and_not_on_warnings(tmp_path: Path) -> None:
    bank = make_bank(tmp_path, ITEM.replace("The loans that are due", "Never the loans"))
    code, output = run(bank, "--today", "2026-06-01")
    assert (code, output.splitlines()) == (
        0,
        [
            f"warning: {FILE}:15: fin-one: absolutes: “never” in distractors alone",
            "1 item, 1 published: no errors, 1 warning (absolutes 1).",
        ],
    )
    (folder := tmp_path / "other").mkdir()
    code, output = run(make_bank(folder, LAW.replace("45 CFR", "CFR")), "--today", "2026-06-01")
    assert (code, output.startswith("error: "), "1 error, no warnings" in output) == (1, True, True)


def test_the_day_decides_what_is_overdue(tmp_path: Path) -> None:
    bank = make_bank(tmp_path, ITEM)
    assert "no warnings" in run(bank, "--today", "2027-03-10")[1]
    assert "review was due by 2027-03-10" in run(bank, "--today", "2027-03-11")[1]

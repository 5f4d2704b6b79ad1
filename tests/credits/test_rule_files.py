"""What a rule file may say, and what the bank's files and the sentences from them say."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.yaml_files import BadFileError
from quizapp.config import ROOT
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.rule_book import all_rules, check_rule_files
from quizapp.credits.rule_files import CredentialRules, Version, json_schema
from quizapp.rules import credit_sentences
from quizapp.rules.credit_cycles import Anchors, cycles_until
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_status import CycleStatus, Holder
from quizapp.rules.credit_statuses import statuses_of

BANK = ROOT / "question_bank"
CMPE = (BANK / "credentials" / "cmpe.yaml").read_text()
LINES = CMPE.splitlines()
ADDRESS = "address: https://preview.mgma.com/acmpe-tracking"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    shutil.copytree(BANK / "credentials", tmp_path / "credentials")
    shutil.copy(BANK / "credit_tags.yaml", tmp_path)
    return tmp_path


def write(bank: Path, text: str, name: str = "cmpe") -> None:
    path = bank / "credentials" / f"{name}.yaml"
    path.write_text(text)
    os.utime(path, ns=(1, 1))  # A time that the file did not have before.


# --- The bank's files -----------------------------------------------------------------------------------------------


def versions() -> Iterator[tuple[CredentialRules, Version]]:
    for credential in all_rules(BANK).values():
        for version in credential.versions:
            yield credential, version


EVERY = [pytest.param(version, id=f"{credential.slug} {version.slug}") for credential, version in versions()]


def test_every_credential_that_the_site_promises_has_its_rules() -> None:
    assert set(all_rules(BANK)) == {
        "chbme", "chc", "cma", "cmm", "cmom", "cmpe", "cpc", "cppm", "facmpe", "hitcm-pp", "rhia", "rhit", "shrm-cp",
    }  # fmt: skip


def test_versions_stand_newest_first() -> None:
    for credential in all_rules(BANK).values():
        seen = [version.first_seen[:4] for version in credential.versions]
        assert seen == sorted(seen, reverse=True), credential.slug


@pytest.mark.parametrize("version", EVERY)
def test_a_version_says_where_it_was_read_and_what_is_unknown(version: Version) -> None:
    assert version.source.title
    assert version.source.age
    assert version.unknown
    assert version.checked_on >= "2026-11"
    assert version.first_seen <= (version.last_seen or version.checked_on)


@pytest.mark.parametrize("path", sorted((BANK / "credentials").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_file_calls_anybody_compliant(path: Path) -> None:
    assert not re.search(r"\bcompliant\b", path.read_text(), re.IGNORECASE)


@pytest.mark.parametrize("version", EVERY)
def test_names_of_buckets_read_after_a_number_and_rules_are_sentences(version: Version) -> None:
    engine = version.rules()
    for root in (engine.total, *engine.across, *engine.beside):
        for bucket, _ in root.walk():
            assert not bucket.name.endswith(".")
            for limit in (bucket.minimum, bucket.maximum):
                assert limit is None or limit.rule.endswith(".")
    for rule in (engine.surplus.rule, engine.repeats.rule, *(each.rule for each in engine.occasions)):
        assert rule.endswith(".")


def test_the_newest_rules_of_the_cmm_say_what_is_not_stated() -> None:
    newest = all_rules(BANK)["cmm"].newest
    assert newest.unknown[0] == "Whether the approved/recognized split still applies is not stated. Check with PAHCOM."
    assert newest.standing == "The date from which these rules hold is not known; first seen in November 2026."
    assert newest.recorded == "in November 2026 (my.pahcom.com/decertification)"


def test_older_versions_say_when_they_were_seen() -> None:
    assert all_rules(BANK)["cmm"].version("24-months-split").standing == (
        "The date from which these rules hold is not known; first seen in 2015, last seen in 2017."
    )
    assert all_rules(BANK)["rhia"].newest.standing == "In effect from 1 January 2025."


# --- Sentences from them --------------------------------------------------------------------------------------------

TAGS = sorted(credit_tags(BANK).names)
BAD = re.compile(
    r"None|  |(?<!\.)\b1 (hours|minutes|points|CEUs|PDCs|days|credit hours)\b|\bcompliant\b"
    r"|\.\.|,,|^\s|\s$|\{|frozenset|(^|[ (])0 more"
)


def sentences(status: CycleStatus, today: date) -> Iterator[str | None]:
    unit = status.cycle.rules.unit
    yield credit_sentences.next_step(status, today)
    yield credit_sentences.missing_text(status)
    yield credit_sentences.days_left_text(status, today)
    yield credit_sentences.surplus_sentence(status)
    yield credit_sentences.late_sentence(status, today)
    yield credit_sentences.retest_sentence(status.cycle, today)
    for days in (-1, 0, 1, 29, 30, 31, 91):
        yield credit_sentences.membership_sentence(status.cycle, today - timedelta(days=days), today)
    for each in status.requirements:
        yield credit_sentences.explanation(each, status)
        yield credit_sentences.progress_text(each, unit)
        yield credit_sentences.requirement_text(each, unit)
        yield credit_sentences.outcome(each, status, today)
    for entry in status.entries.values():
        yield credit_sentences.entry_text(entry, status)


@pytest.mark.parametrize("version", EVERY)
@settings(max_examples=12)
@given(data=st.data())
def test_every_sentence_is_whole_in_any_state(version: Version, data: st.DataObject) -> None:
    certified_on = data.draw(st.dates(date(2021, 1, 1), date(2024, 12, 31)))
    anchors = Anchors(certified_on, data.draw(st.integers(1, 12)), data.draw(st.none() | st.just(date(2026, 5, 31))))
    cycles = cycles_until(anchors, [(certified_on, version.rules())], date(2027, 1, 1))
    tags = st.frozensets(st.sampled_from(TAGS), max_size=4)
    minutes = st.integers(1, 4000) | st.sampled_from([1, 50, 60, 61, 110, 720, 2160])
    delivery_of = st.sampled_from(["live", "self-paced", "unknown"])
    activity = st.tuples(st.integers(0, 2100), minutes, tags, delivery_of, st.sampled_from(["", "the same"]))
    credits_ = [
        Credit(str(number), certified_on + timedelta(days=days), long, about, delivery, course)
        for number, (days, long, about, delivery, course) in enumerate(data.draw(st.lists(activity, max_size=6)))
    ]
    holder = Holder(data.draw(st.booleans()), data.draw(st.integers(1, 6)))
    for status in statuses_of(cycles, credits_, holder, date(2027, 1, 1)):
        for today in (status.cycle.start, status.cycle.last_day, status.cycle.end + timedelta(days=40)):
            for text in sentences(status, today):
                assert text is None or not BAD.search(text), text


# --- What is refused ------------------------------------------------------------------------------------------------


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(LINES, start=1) if text in line)


VERSION = line_of("slug: 50-hours")
ACROSS = "    across:\n      - {slug: a, name: a, takes: {tags: [mgma]}, minimum: {amount: 1, rule: One.}}\n"


@pytest.mark.parametrize(
    ("was", "becomes", "line", "reason"),
    [
        ("slug: cmpe\n", "slug: cmpe\nslug: cmpe\n", "slug: cmpe", "stands twice"),
        ("slug: cmpe\n", "slug: cpc\n", "slug: cmpe", "unlike the file's name"),
        ("body: MGMA\n", "body: MGMA\nmotto: none\n", line_of("body: MGMA"), "motto"),
        ("body: MGMA\n", "", "slug: cmpe", "body"),
        ("months: 36", "months: thirty-six", "cycle: {", "whole number from 1 to 120"),
        ("months: 36", "months: 0", "cycle: {", "from 1 to"),
        ("amount: 50\n", "amount: 0\n", "amount: 50", "from 0.1 to"),
        (f"{ADDRESS}\n", 'address: ""\n', ADDRESS, "a source has an address"),
        ("tags: [mgma]", "tags: [mgna]", "tags: [mgma]", "no such credit tag: mgna"),
        ("slug: other\n", "slug: mgma\n", VERSION, "two requirements have the same slug"),
        ("amount: 12\n", "amount: 51\n", VERSION, "the minimums add up to more than the total"),
        (', anchor: "2022-01-01"', "", "cycle: {", "a common cycle, and no other, names its anchor"),
        ("kind: common", "kind: month-end", "cycle: {", "a common cycle, and no other, names its anchor"),
        ("2022-01-01", "2022-02-30", "cycle: {", "day is out of range"),
        ("2022-01-01", "January", "cycle: {", "Invalid isoformat"),
        ('kind: common, months: 36, anchor: "2022-01-01"', "kind: birth-month, months: 18", "cycle: {", "whole years"),
        ('checked_on: "2026-11"', 'checked_on: "2026-13"', "checked_on", "a day, month or year"),
        ('checked_on: "2026-11"', 'checked_on: "2026-02-30"', VERSION, "day"),
        ('first_seen: "2022"', "first_seen: once", "first_seen", "a day, month or year"),
        ("effective: unknown", "effective: [", "first_seen", "expected"),
        ("total: 40,", "totals: 40,", VERSION, "the proration names no requirement: totals"),
        ("mgma-live: 10,", "", VERSION, "from 6 months on leaves out: mgma-live"),
        (
            "minimum:\n              amount: 30\n",
            "minimum:\n              amount: 30\n              percent: 60\n",
            "amount: 30",
            "either an amount or a percent",
        ),
        (
            "takes: {otherwise: true}",
            "takes: {otherwise: true, tags: [mgma]}",
            "takes: {otherwise",
            "has no tags of its own",
        ),
        (
            "    kind: not-stated\n      rule: Whether hours",
            "    kind: carried\n      rule: Whether hours",
            "kind: not-stated",
            "says how much at most",
        ),
        (
            "    late: null\n",
            "    late: {days: 30, within: '', after: lost.}\n",
            "late: null",
            "said, where there are days",
        ),
        ("    proration:\n", f"{ACROSS}    proration:\n", VERSION, "a version with maximums has nothing across them"),
        ("      amount: 50\n", "      amount: 50\n      with_credentials: [50, 60]\n", VERSION, "not both"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_line_and_reason(
    bank: Path, was: str, becomes: str, line: int | str, reason: str
) -> None:
    assert was in CMPE
    write(bank, CMPE.replace(was, becomes, 1))
    with pytest.raises(BadFileError, match=reason) as caught:
        check_rule_files(bank)
    (problem,) = caught.value.problems
    assert problem.file == "credentials/cmpe.yaml"
    near = line_of(line) if isinstance(line, str) else line
    assert near <= problem.line <= near + 1


def test_a_maximum_below_the_minimums_within_it_is_refused(bank: Path) -> None:
    live = "takes: {delivery: live}\n"
    write(bank, CMPE.replace(live, f"{live}                maximum: {{amount: 11, rule: At most 11.}}\n", 1))
    with pytest.raises(BadFileError, match="the maximum of mgma-live leaves no room for the minimums within it"):
        check_rule_files(bank)


def test_versions_of_one_name_are_refused(bank: Path) -> None:
    text = (BANK / "credentials" / "cmm.yaml").read_text()
    write(bank, text.replace("slug: 24-months\n", "slug: 12-months\n", 1), "cmm")
    with pytest.raises(BadFileError, match="two versions have the same slug"):
        check_rule_files(bank)


def test_a_condition_that_no_minimum_says_is_refused(bank: Path) -> None:
    text = (BANK / "credentials" / "shrm-cp.yaml").read_text()
    head, minimum, tail = text.rpartition("        minimum:\n          percent: 100\n")
    write(bank, head + tail.partition("\n")[2], "shrm-cp")
    with pytest.raises(BadFileError, match="of total only a part counts at all, and no minimum says so") as caught:
        check_rule_files(bank)
    assert minimum
    assert caught.value.problems[0].line >= text[: text.index("slug: until-july-2019")].count("\n")


def test_an_unknown_tag_is_refused_at_its_own_line_in_any_part(bank: Path) -> None:
    write(bank, CMPE.replace("takes: {delivery: live}", "takes: {delivery: live, tags: [mgma, mgmt]}", 1))
    with pytest.raises(BadFileError, match="no such credit tag: mgmt") as caught:
        check_rule_files(bank)
    assert caught.value.problems[0].line == line_of("takes: {delivery: live}")


def test_a_tag_that_stands_twice_in_the_closed_list_is_refused(bank: Path) -> None:
    path = bank / "credit_tags.yaml"
    path.write_text(path.read_text().replace("slug: hbma,", "slug: mgma,", 1))
    with pytest.raises(BadFileError, match="a tag stands twice"):
        check_rule_files(bank)


def test_a_changed_file_is_read_anew(bank: Path) -> None:
    assert all_rules(bank)["cmpe"].body == "MGMA"
    write(bank, CMPE.replace("body: MGMA\n", "body: ACMPE\n", 1))
    assert all_rules(bank)["cmpe"].body == "ACMPE"


def test_a_version_that_left_the_file_is_named() -> None:
    with pytest.raises(LookupError, match="lost the version 'gone'"):
        all_rules(BANK)["cmm"].version("gone")


def test_editors_check_against_the_schema_that_the_code_has() -> None:
    path = BANK / "schema" / "credential.schema.json"
    assert json.loads(path.read_text()) == json_schema(), f"Write json.dumps(json_schema(), indent=2) into {path.name}."

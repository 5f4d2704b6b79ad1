"""What a rule file may say, and what the file on CMM says."""

import json
import os
import shutil
from pathlib import Path

import pytest

from quizapp.bank.yaml_files import BadFileError
from quizapp.config import ROOT
from quizapp.credits.rule_files import all_rules, json_schema

BANK = ROOT / "question_bank"
CMM = (BANK / "credentials" / "cmm.yaml").read_text()


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    shutil.copytree(BANK / "credentials", tmp_path / "credentials")
    return tmp_path


def write(bank: Path, text: str) -> None:
    path = bank / "credentials" / "cmm.yaml"
    path.write_text(text)
    os.utime(path, ns=(1, 1))  # A time that the file did not have before.


def test_cmm_has_three_versions_newest_first_each_with_its_source() -> None:
    versions = all_rules(BANK)["cmm"].versions
    assert [(version.slug, version.cycle.months) for version in versions] == [
        ("12-months", 12),
        ("24-months-split", 24),
        ("24-months", 24),
    ]
    assert [[each.minutes for each in version.requirements] for version in versions] == [
        [12 * 60],
        [24 * 60, 12 * 60, 12 * 60],
        [24 * 60],
    ]
    assert all("pahcom.com/" in version.source.address for version in versions)
    assert all(version.unknown for version in versions)


def test_the_newest_rules_say_what_is_not_stated() -> None:
    newest = all_rules(BANK)["cmm"].newest
    assert newest.unknown[0] == "Whether the approved/recognized split still applies is not stated. Check with PAHCOM."
    assert newest.standing == "The date from which these rules hold is not known; first seen in November 2026."
    assert newest.recorded == "in November 2026 (my.pahcom.com/decertification)"


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("slug: cmm\n", "slug: cmm\nslug: cmm\n", "stands twice"),
        ("slug: cmm\n", "slug: cpc\n", "unlike the file's name"),
        ("body: PAHCOM\n", "body: PAHCOM\nmotto: none\n", "motto"),
        ("months: 12}", "months: twelve}", "Expected `int`"),
        ("minutes: 720\n", "minutes: 0\n", ">= 1"),
        ("slug: 24-months\n", "slug: 12-months\n", "same slug"),
        ('checked_on: "2026-11"', 'checked_on: "2026-13"', "regex"),
        ('checked_on: "2026-11"', 'checked_on: "2026-02-30"', "day"),
        ("kind: minimum", "kind: total", "a minimum names its approvals"),
        ("effective: unknown", "effective: [", "expected"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_line_and_reason(bank: Path, was: str, becomes: str, reason: str) -> None:
    assert was in CMM
    write(bank, CMM.replace(was, becomes, 1))
    with pytest.raises(BadFileError) as caught:
        all_rules(bank)
    assert caught.value.problems[0].file == "credentials/cmm.yaml"
    assert caught.value.problems[0].line >= 1
    assert reason in str(caught.value)


def test_a_changed_file_is_read_anew(bank: Path) -> None:
    assert all_rules(bank)["cmm"].name == "Certified Medical Manager"
    write(bank, CMM.replace("name: Certified Medical Manager", "name: Another name", 1))
    assert all_rules(bank)["cmm"].name == "Another name"


def test_a_version_that_left_the_file_is_named() -> None:
    with pytest.raises(LookupError, match="lost the version 'gone'"):
        all_rules(BANK)["cmm"].version("gone")


def test_editors_check_against_the_schema_that_the_code_has() -> None:
    stored = json.loads((BANK / "schema" / "credential.schema.json").read_text())
    assert stored == json_schema()

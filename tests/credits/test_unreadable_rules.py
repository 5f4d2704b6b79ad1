"""Credentials whose rules cannot be read: what is kept, what pages say, and the ways out."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import ROOT, Config
from quizapp.credits.models import Activity, ClosedCycle, CustomCredential, CycleRules, HeldCredential
from quizapp.credits.rule_book import rule_book
from quizapp.credits.rule_files import stored_rules
from quizapp.credits.rule_troubles import rule_troubles
from tests import make
from tests.credits.held import hold
from tests.pages import Page, Pages

PAGES = ["/credits", "/dashboard", "/credits/activities", "/credits/what-if", "/credits/deadlines", "/notices",
         "/credits/activities/new?id=" + "1" * 32, "/credits/credentials/new"]  # fmt: skip
SAYS_SO = "rules cannot be read just now"


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    """A site with a bank of the test's own, to spoil."""
    shutil.copytree(ROOT / "question_bank", tmp_path / "bank")
    return replace(config, bank_dir=tmp_path / "bank")


def spoil(config: Config, name: str = "cmpe", was: str = "slug: 50-hours", becomes: str = "slug: [") -> None:
    path = config.bank_dir / "credentials" / f"{name}.yaml"
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, becomes, 1))
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 10**9))  # A time that the file did not have before.


def page_of(held: HeldCredential, more: str = "") -> str:
    return f"/credits/credentials/{held.id}{more}"


def change(page: Pages, held: HeldCredential, status: int = 200, /, **values: str) -> Page:
    form = page.get(page_of(held, "/edit")).values_of("main form")
    return page.post(page_of(held, "/edit"), {**form, **values}, status)


# --- A file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("slug: 50-hours", "slug: ["), ("body: MGMA", "bdy: MGMA"), ("tags: [mgma]", "tags: [mgmt]"), ("versions:", "- ")],
    ids=["no YAML", "not by the schema", "an unknown tag", "another kind of document"],
)
def test_a_bad_rule_file_takes_its_own_credential_with_it_and_no_page(
    page: Pages, owner: User, session: Session, config: Config, was: str, becomes: str
) -> None:
    hold(session, owner)
    hold(session, owner, "cmpe", "50-hours")
    spoil(config, "cmpe", was, becomes)
    for address in PAGES:
        page.get(address)
    shown = page.get("/credits")
    assert shown.texts("main section h2") == ["CMM", "CMPE"]
    assert "12 more hours, by 19 May 2026." in shown.text
    assert SAYS_SO in shown.text
    assert page.client.get("/readyz").status_code == 200


@pytest.mark.parametrize("spoilt", ["the folder", "the list of tags"])
def test_without_any_rule_or_tag_the_overview_and_the_dashboard_still_show(
    page: Pages, owner: User, session: Session, config: Config, spoilt: str
) -> None:
    hold(session, owner)
    make.activity(session, owner)
    if spoilt == "the folder":
        shutil.rmtree(config.bank_dir / "credentials")
    else:
        (config.bank_dir / "credit_tags.yaml").unlink()
    assert ("CMM is left out" in page.get("/dashboard").text) == (spoilt == "the folder")
    assert page.get("/credits").texts("main section h2") == ["CMM"]
    assert rule_book(config.bank_dir).problems


def test_deadlines_and_the_dashboard_name_what_they_leave_out(
    page: Pages, owner: User, session: Session, config: Config
) -> None:
    held = hold(session, owner, "cmpe", "50-hours")
    spoil(config)
    for address in ("/dashboard", "/credits/deadlines", "/credits/what-if"):
        shown = page.get(address)
        assert shown.links["What you can do about CMPE"] == page_of(held)
        assert "Add" not in shown.text, "a credential is held"


def test_a_mended_file_is_read_without_a_restart(page: Pages, owner: User, session: Session, config: Config) -> None:
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 5, 20))
    spoil(config)
    assert SAYS_SO in page.get("/credits").text
    spoil(config, was="slug: [", becomes="slug: 50-hours")
    assert "50 more hours" in page.get("/credits").text


def test_a_tag_that_is_added_to_the_list_mends_the_file_that_asks_for_it(config: Config) -> None:
    spoil(config, "cmpe", "tags: [mgma]", "tags: [mgmt]")
    assert "cmpe" not in rule_book(config.bank_dir).credentials
    path = config.bank_dir / "credit_tags.yaml"
    path.write_text(
        path.read_text().replace("      - {slug: mgma,", "      - {slug: mgmt, name: Another}\n      - {slug: mgma,", 1)
    )
    os.utime(path, ns=(1, 1))
    assert "cmpe" in rule_book(config.bank_dir).credentials


def test_what_is_wrong_is_logged_once_with_file_and_line(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    spoil(config, "cmpe", "body: MGMA", "bdy: MGMA")
    for _ in range(3):
        rule_book(config.bank_dir)
    (line,) = caplog.messages
    assert line.startswith("Rules that cannot be read: credentials/cmpe.yaml:6: ")


def test_where_no_rules_are_left_the_page_says_what_is_kept_and_deletes_when_asked(
    page: Pages, owner: User, session: Session, config: Config
) -> None:
    held = hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 5, 20))
    make.activity(session, owner)
    spoil(config)
    shown = page.get(page_of(held))
    assert shown.h1 == "CMPE"
    assert "Tell those who run this site." in shown.text
    assert "Choose other rules" not in shown.links
    assert page.client.get(page_of(held, "/edit")).location == page_of(held)
    page.post(page_of(held, "/edit"), {"certified_on": "2024-05-20"}, 409)
    page.get(page_of(held, "?cycle=2024-05-20"), 404)
    assert page.get(page_of(held, "/delete")).h1 == "Delete CMPE?"
    assert page.post(page_of(held, "/delete")).texts(".notice.good") == [
        "CMPE is deleted. Your activities are still here."
    ]
    assert len(session.scalars(select(Activity)).all()) == 1


def test_a_strangers_credential_without_rules_is_not_found(page: Pages, owner: User, session: Session) -> None:
    held = hold(session, owner, version="gone")
    page.sign_in(make.user(session, "stranger@example.org"))
    for more in ("", "/edit", "/delete"):
        page.get(page_of(held, more), 404)
    for more in ("/edit", "/delete"):
        page.post(page_of(held, more), {"certified_on": "2025-05-20"}, 404)


def test_the_operator_is_told_of_files_and_of_versions_that_are_missed(
    owner: User, session: Session, config: Config
) -> None:
    hold(session, owner)
    hold(session, owner, "cpc", "gone")
    other = make.user(session, "other@example.org")
    hold(session, other, "cpc", "gone")
    assert rule_troubles(session, config.bank_dir) == [
        "credentials/cpc.yaml lacks the version gone. Credentials held under it: 2."
    ]
    spoil(config, "chc", "body: CCB", "bdy: CCB")
    make.custom_credential(session, owner).content = {}
    session.flush()
    first, _, last = rule_troubles(session, config.bank_dir)
    assert first.startswith("Rules that cannot be read: credentials/chc.yaml:5: ")
    assert last == "Rules that people wrote down themselves and that are refused now: 1"


# --- A version -----------------------------------------------------------------------------------------------------


def versions_of(session: Session) -> list[tuple[date, str]]:
    rows = session.execute(select(CycleRules.from_on, CycleRules.version).order_by(CycleRules.from_on))
    return [(from_on, version) for from_on, version in rows]


def test_another_version_takes_the_place_of_the_one_that_is_lost(page: Pages, owner: User, session: Session) -> None:
    held = hold(session, owner, version="gone", certified_on=date(2023, 5, 20))
    make.cycle_rules(session, held, from_on=date(2024, 5, 20), version="24-months")
    asked = page.get(page.get(page_of(held)).links["Choose other rules"])
    assert "Those that you choose below take their place." in asked.text
    assert "version" not in asked.values_of("main form"), "nothing is chosen for the holder"
    assert "Choose the rules." in change(page, held, 422).texts(".field .error")
    assert SAYS_SO in page.get("/credits").text
    shown = change(page, held, version="24-months-split")
    assert shown.texts(".notice.good") == ["Saved: CMM."]
    assert versions_of(session) == [
        (date(2023, 5, 20), "24-months-split"),
        (date(2024, 5, 20), "24-months"),
        (date(2025, 5, 20), "24-months-split"),  # The present cycle, as by any choice.
    ]
    assert SAYS_SO not in page.get("/credits").text


def test_where_one_version_is_left_saving_takes_it(page: Pages, owner: User, session: Session) -> None:
    held = hold(session, owner, "cmpe", "gone", certified_on=date(2024, 5, 20))
    assert "50 hours in 3 years" in page.get(page_of(held, "/edit")).texts(".notice.note")[0]
    assert "50 more hours" in change(page, held).text


@pytest.mark.parametrize("version", ["12-months", "24-months"])
def test_closed_cycles_stay_readable_and_keep_their_days(
    page: Pages, owner: User, session: Session, version: str
) -> None:
    held = hold(session, owner, version="gone", certified_on=date(2024, 5, 20))
    make.closed_cycle(session, held, version="gone")
    owner.display_name = "Candidate 01"
    before = session.scalars(select(ClosedCycle.content)).one()
    address = page.get(page_of(held)).links["20 May 2024 to 19 May 2025"]
    assert page.get(address).h1 == "CMM, closed cycle"
    assert "Open this cycle again" not in page.get(address).links
    paper = page.client.get(page_of(held, "/cycles/2024-05-20/transcript.pdf"))
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert page.client.get(page_of(held, "/cycles/2025-05-20/transcript.pdf")).status_code == 404
    if version == "12-months":
        change(page, held, version=version)
        assert page.get(address).h1 == "CMM, closed cycle"
    else:
        (error,) = change(page, held, 422, version=version).texts(".field .error")
        assert error.endswith(
            "is closed and would get other days or rules. Choose rules whose cycles have the same days."
        )
        assert versions_of(session) == [(date(2024, 5, 20), "gone")]
    assert session.scalars(select(ClosedCycle.content)).one() == before


# --- Rules of one's own ----------------------------------------------------------------------------------------------


@pytest.fixture
def refused(session: Session, owner: User) -> Callable[..., CustomCredential]:
    """Rules that were kept and that a later check refuses: the total is 0."""

    def made() -> CustomCredential:
        own = make.custom_credential(session, owner)
        (version,) = own.content["versions"]
        total = {**version["total"], "amount": 0}
        own.content = {**own.content, "versions": [{**version, "total": total}]}
        session.flush()
        assert stored_rules(own.content) is None
        return own

    return made


def test_own_rules_that_are_refused_are_mended_by_their_form(
    page: Pages, owner: User, session: Session, refused: Callable[..., CustomCredential]
) -> None:
    own = refused()
    held = hold(session, owner, f"custom-{own.id.hex}", own.content["versions"][0]["slug"])
    assert page.get("/credits").texts("main section h2") == ["FC"]
    asked = page.get(page.get(page_of(held)).links["Mend its rules"])
    assert asked.h1 == "Change the rules of FC"
    form = asked.values_of("main form")
    kept = (form["name"], form["body"], form["months"], form["unit"], form["total"], form["kind"])
    assert kept == ("Fellow of the Chapter", "Chapter", "12", "hour", "0", "anniversary")
    shown = page.post(asked.url, {**form, "total": "15"})
    assert shown.h1 == "Change your FC credential"
    assert "Save this too" in shown.text
    assert "15 more hours, by 19 May 2026." in page.post(shown.url, shown.values_of("main form")).text


@pytest.mark.parametrize("content", [{}, {"versions": 1}, {"versions": [{"cycle": {"anchor": "soon"}}]}, {"name": 5}])
def test_whatever_is_stored_the_form_opens_and_the_list_shows_it(
    page: Pages, owner: User, session: Session, content: dict[str, object]
) -> None:
    own = make.custom_credential(session, owner)
    own.content = content
    session.flush()
    shown = page.get("/credits/credentials/new")
    assert page.get(shown.links["Mend its rules: Without a name"]).values_of("main form")["name"] == ""
    page.get(f"/credits/credentials/new/custom-{own.id.hex}", 404)
    page.post(page.get(shown.links["Delete Without a name"]).url)
    assert session.scalars(select(CustomCredential)).all() == []


def test_versions_that_can_be_read_and_are_in_use_outlive_the_mending(
    page: Pages, owner: User, session: Session, refused: Callable[..., CustomCredential]
) -> None:
    own = refused()
    (bad,) = own.content["versions"]
    good = {**bad, "slug": "in-use", "total": {**bad["total"], "amount": 10}}
    own.content = {**own.content, "versions": [bad, good]}
    hold(session, owner, f"custom-{own.id.hex}", "in-use")
    address = f"/credits/credentials/custom/{own.id}/edit"
    page.post(address, {**page.get(address).values_of("main form"), "total": "15"})
    session.refresh(own)
    rules = stored_rules(own.content)
    assert rules
    assert [version.total.amount for version in rules.versions] == [15, 10]

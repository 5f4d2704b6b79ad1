"""A transcript bears a name, which is asked for where the transcript is; an address for mail stands on no paper."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import HeldCredential
from tests import make
from tests.credits.held import hold
from tests.credits.papers import fetch_file, text_of
from tests.pages import Pages

FIELD = "display_name"


@pytest.fixture
def held(session: Session, owner: User) -> HeldCredential:
    """A CMM whose cycle of 2024 has ended."""
    return hold(session, owner, certified_on=date(2024, 5, 20))


def cycle(held: HeldCredential, step: str) -> str:
    return f"/credits/credentials/{held.id}/cycles/2024-05-20/{step}"


@pytest.mark.parametrize("what", ["transcript.pdf", "pack.pdf", "pack.zip"])
def test_no_paper_is_made_without_a_name(page: Pages, held: HeldCredential, what: str) -> None:
    asking = page.client.get(cycle(held, what))
    assert asking.status_code == 303
    assert asking.location == cycle(held, "name")
    assert page.get(cycle(held, "name")).h1 == "The name on your transcript"


def test_the_name_is_asked_for_where_the_papers_are(page: Pages, owner: User, held: HeldCredential) -> None:
    for address in (f"/credits/credentials/{held.id}?cycle=2024-05-20", cycle(held, "export")):
        shown = page.get(address)
        assert shown.values_of("form.card")[FIELD] == ""
        assert "Transcript (PDF)" not in shown.links


@pytest.mark.parametrize(
    ("paper", "ending"),
    [("transcript", "transcript.pdf"), ("pack", "pack.pdf"), ("files", "pack.zip"), ("", "transcript.pdf")],
)
def test_a_given_name_is_kept_and_leads_to_the_paper(
    page: Pages, session: Session, owner: User, held: HeldCredential, paper: str, ending: str
) -> None:
    goes = page.client.post(cycle(held, "name"), data={FIELD: "  Candidate 07 ", "paper": paper})
    assert (goes.status_code, goes.location) == (303, cycle(held, ending))
    session.refresh(owner)
    assert owner.display_name == "Candidate 07"
    content = fetch_file(page, goes.location)
    if ending == "pack.zip":
        with zipfile.ZipFile(BytesIO(content)) as packed:
            content = packed.read("transcript.pdf")
    assert "Candidate 07" in text_of(content)
    assert "example.org" not in text_of(content)


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_that_cannot_be_printed_is_asked_for_again(
    page: Pages, session: Session, owner: User, held: HeldCredential, name: str
) -> None:
    again = page.post(cycle(held, "name"), {FIELD: name, "paper": "pack"}, status=422)
    assert again.texts(".error")
    session.refresh(owner)
    assert owner.display_name == ""


def test_a_name_can_be_changed_from_the_papers(
    page: Pages, session: Session, owner: User, held: HeldCredential
) -> None:
    owner.display_name = "Candidate 01"
    session.flush()
    shown = page.get(cycle(held, "export"))
    assert "The transcript bears the name Candidate 01." in shown.text
    asked = page.get(shown.links["Change the name"])
    assert asked.values_of("form.card")[FIELD] == "Candidate 01"


def test_settings_say_where_the_name_stands(page: Pages, owner: User) -> None:
    assert "It stands on your transcripts" in page.get("/settings").text


def test_the_pages_say_how_many_activities_stand_on_paper(page: Pages, session: Session, owner: User) -> None:
    coder = hold(session, owner, "cpc", "36-ceus", certified_on=date(2025, 5, 20))
    address = f"/credits/credentials/{coder.id}"
    assert "so no activity is listed" in page.get(address).text
    make.activity(session, owner, "Denials", tags=["aapc-approved"])
    assert "1 activity counts here and is listed, with its certificates." in page.get(address).text
    for title in ("Class", "Another class"):
        make.activity(session, owner, title, tags=[])
    text = page.get(address).text
    assert "2 other activities of these days count for nothing here, so they stay off the paper." in text

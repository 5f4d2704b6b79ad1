"""Choosing a credential from the list."""

from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from tests import make
from tests.pages import Pages


def test_the_list_names_every_credential_by_its_body(page: Pages, owner: User) -> None:
    shown = page.get("/credits/credentials/new")
    assert len(shown.all(".credential-list li")) == 13
    assert "AAPC" in shown.texts("#credentials h2")
    assert shown.links["CMM Certified Medical Manager"] == "/credits/credentials/new/cmm"


def test_searching_works_without_a_script(page: Pages, owner: User) -> None:
    shown = page.get("/credits/credentials/new?q=aapc+CPC")
    assert shown.texts("#credentials li") == ["CPC Certified Professional Coder"]
    nothing = page.get("/credits/credentials/new?q=%3Cb%3E" + "x" * 5000)
    assert nothing.all("#credentials li") == []
    assert "hidden" not in nothing.one("#none-found").attrib


def test_what_is_held_leads_to_its_page(page: Pages, owner: User, session: Session) -> None:
    held = make.held_credential(session, owner)
    make.cycle_rules(session, held)
    shown = page.get("/credits/credentials/new")
    assert shown.links["CMM Certified Medical Manager"] == f"/credits/credentials/{held.id}"
    assert "You hold it" in shown.text

"""Registering with an address, confirming it by the mailed link, and changing it, on a phone."""

import time
from uuid import uuid4

from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.accounts.models import User
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import HEIGHT, look_here
from tests.browser.site import Site, links_in

PHONE = {"viewport": {"width": 390, "height": HEIGHT}}
MAIL_SECONDS = 60


def link_mailed_to(page: Page, site: Site, address: str) -> str:
    """The link in the newest mail to an address, once the clock's job has sent it."""
    give_up = time.monotonic() + MAIL_SECONDS
    while not site.mails_to(address):
        assert time.monotonic() < give_up, f"No mail to {address}."
        page.wait_for_timeout(100)
    return links_in(site.mails_to(address)[-1])[0]


def looks_well(page: Page) -> None:
    problems = look_here(page)
    assert not problems, "\n".join(problems)
    page.set_viewport_size({"width": 390, "height": HEIGHT})


def test_an_address_is_confirmed_by_the_mailed_link(new_context: NewContext, site: Site) -> None:
    page, email = new_context(**PHONE).new_page(), f"{uuid4().hex}@example.org"
    page.goto("/register")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    quiet_word = page.get_by_text("We have not seen yet that mail to")
    expect(quiet_word).to_be_visible()
    looks_well(page)

    mail_program = new_context(java_script_enabled=False, **PHONE).new_page()
    mail_program.goto(link_mailed_to(page, site, email))
    expect(mail_program.locator("h1")).to_have_text("Confirm your address")
    page.reload()
    expect(quiet_word).to_be_visible()
    mail_program.get_by_role("button", name="Confirm this address").click()
    expect(mail_program.locator("h1")).to_have_text("Your address is confirmed")

    page.reload()
    expect(page.locator("h1")).to_contain_text("Welcome")
    expect(quiet_word).to_have_count(0)
    page.goto(mail_program.url)
    looks_well(page)


def test_an_address_is_changed_by_a_link_to_the_new_one(new_context: NewContext, site: Site) -> None:
    context, name = new_context(**PHONE), uuid4().hex
    old, new = f"old-{name}@example.org", f"new-{name}@example.org"
    with site.rows() as session:
        owner = make.user(session, old, email_confirmed_at=None)
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/settings")
    looks_well(page)
    page.get_by_role("link", name="Change the address", exact=True).click()
    page.get_by_label("New email address").fill(old)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.locator(".error")).to_contain_text("That is the address of your account already.")
    looks_well(page)
    page.get_by_label("New email address").fill(new)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.locator("h1")).to_have_text("Settings")
    looks_well(page)

    page.goto(link_mailed_to(page, site, new))
    looks_well(page)
    page.get_by_role("button", name="Use this address").click()
    expect(page.locator("main")).to_contain_text(f"You sign in as {new}.")
    with site.rows() as session:
        assert session.scalars(select(User.email).where(User.id == owner.id)).one() == new

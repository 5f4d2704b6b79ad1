"""Reminders by mail go to confirmed addresses alone; on the site they come either way."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import address_actions, queries
from quizapp.accounts.models import User
from quizapp.credits import reminders
from quizapp.credits.reminders import reminders_for
from quizapp.db import Database, writing
from quizapp.mail.models import OutboxMail
from tests import make
from tests.credits.reminding import BANK, cmm, mailed, noon, remind, told


def test_an_address_that_is_not_confirmed_gets_no_reminder(session: Session) -> None:
    owner = make.user(session, email_confirmed_at=None)
    cmm(session, owner)
    assert remind(session, owner.id, noon(30)) == 1
    assert len(told(session, owner)) == 1
    assert mailed(session, owner) == []
    token = make.mail_link(session, owner, purpose=queries.CONFIRM)
    address_actions.confirm(session, token, make.NOW)
    assert remind(session, owner.id, noon(7)) == 1
    assert mailed(session, owner) == told(session, owner)[1:] == ["CMM: 7 days left, 12 hours missing"]


def test_a_reminder_goes_to_the_address_of_the_moment_in_which_it_is_written(own_database: Database) -> None:
    with own_database.session() as session, own_database.session() as settings_page:
        owner = make.user(session)
        cmm(session, owner)
        token = make.mail_link(session, owner, purpose=queries.CHANGE, address="new@example.org")
        session.commit()
        come = reminders_for(session, owner.id, BANK, noon(30))
        with writing(settings_page):
            changed: User = address_actions.change(settings_page, token, make.NOW)
        with writing(session):
            reminders.remind(session, owner.id, come, "", noon(30))
        assert changed.email == "new@example.org"
        mails = session.execute(select(OutboxMail.address, OutboxMail.subject).order_by(OutboxMail.created_at)).all()
        assert [tuple(mail) for mail in mails] == [
            ("owner@example.org", "Your email address was changed"),
            ("new@example.org", "CMM: 30 days left, 12 hours missing"),
        ]

"""A candidate who sits an exam: what they do is stored as a browser sends it, at a moment of the test's choosing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts import actions, saving
from quizapp.attempts.models import Attempt
from quizapp.bank.models import Item
from quizapp.rules.answer_log import ANSWER, CERTAINTY, FLAG, HIGHLIGHT, NOTE, SHOWN, STRIKE, Event
from tests import make


class Sitting:
    """One attempt of `owner` on `drawn`, whose keys are the letters A B C D in turn unless the items say otherwise.

    Every step happens so many seconds after the start, and arrives at once unless it is said how much later.
    """

    def __init__(self, session: Session, owner: User, drawn: Sequence[Item], **columns: Any) -> None:
        self.session = session
        self.started_at: datetime = columns.setdefault("started_at", make.NOW)
        self.attempt: Attempt = make.attempt(session, owner, drawn, **columns)
        self._seqs: dict[str, int] = {}

    def does(
        self, seconds: float, position: int, kind: str, value: str = "", *, later: float = 0, by: str = "d1"
    ) -> None:
        """One event."""
        self._seqs[by] = self._seqs.get(by, 0) + 1
        event = Event(self._seqs[by], position, kind, value, int(later * 1000))
        received_at = self.started_at + timedelta(seconds=seconds + later)
        saving.store_events(self.session, self.attempt.user_id, self.attempt.id, by, [event], received_at)

    def sees(self, seconds: float, position: int) -> None:
        """An item is shown."""
        self.does(seconds, position, SHOWN)

    def answers(self, seconds: float, position: int, letter: str, *, later: float = 0) -> None:
        """An option is chosen."""
        self.does(seconds, position, ANSWER, letter, later=later)

    def flags(self, seconds: float, position: int) -> None:
        """An item is flagged."""
        self.does(seconds, position, FLAG, "1")

    def says(self, seconds: float, position: int, certainty: str) -> None:
        """How sure they are."""
        self.does(seconds, position, CERTAINTY, certainty)

    def notes(self, seconds: float, position: int, text: str) -> None:
        """A note is written."""
        self.does(seconds, position, NOTE, text)

    def highlights(self, seconds: float, position: int, ranges: str) -> None:
        """Words of the stem are highlighted."""
        self.does(seconds, position, HIGHLIGHT, ranges)

    def strikes(self, seconds: float, position: int, letters: str) -> None:
        """Options are struck out."""
        self.does(seconds, position, STRIKE, letters)

    def submits(self, seconds: float) -> Attempt:
        """The attempt is closed and marked."""
        moment = self.started_at + timedelta(seconds=seconds)
        actions.finish(self.session, self.attempt.user_id, self.attempt.id, moment)
        return self.attempt

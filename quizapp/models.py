"""Every table, for migrations and the shell."""

from quizapp.accounts.models import MailLink, Throttle, User, UserSession
from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Mark, Response
from quizapp.bank.models import Item, ItemFlag, ItemTag, ItemTwin, ItemVersion, PassedReading
from quizapp.credits.models import Activity, CycleRules, HeldCredential
from quizapp.db import Base
from quizapp.mail.models import OutboxMail

__all__ = [
    "Activity",
    "Attempt",
    "AttemptEvent",
    "AttemptItem",
    "Base",
    "CycleRules",
    "HeldCredential",
    "Item",
    "ItemFlag",
    "ItemTag",
    "ItemTwin",
    "ItemVersion",
    "MailLink",
    "Mark",
    "OutboxMail",
    "PassedReading",
    "Response",
    "Throttle",
    "User",
    "UserSession",
]

"""Starting an attempt, and where a candidate's devices send what they did."""

from random import Random
from typing import Annotated
from uuid import UUID

import msgspec
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from msgspec import Meta, Struct

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import actions, queries, saving
from quizapp.attempts.actions import Plan
from quizapp.attempts.models import Attempt
from quizapp.bank.tags import blueprint_of
from quizapp.db import writing
from quizapp.rules.answer_log import Event

blueprint = Blueprint("attempts", __name__)

Whole = Annotated[int, Meta(ge=0, le=2**53)]


class SentEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """One event as a device sends it."""

    seq: Annotated[int, Meta(ge=1, le=10**6)]
    position: Annotated[int, Meta(ge=1, le=1000)]
    kind: Annotated[str, Meta(max_length=10)]
    value: Annotated[str, Meta(max_length=4000)]
    age_ms: Whole


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """What one device has to tell, the oldest first."""

    device: Annotated[str, Meta(pattern=r"^[a-z0-9]{1,40}\Z")]
    events: Annotated[list[SentEvent], Meta(min_length=1, max_length=500)]


def begin(plan: Plan, start_token: UUID) -> Attempt:
    """Draw and start an attempt for the visitor; the same token gives the attempt that it made before.

    Says so when the bank cannot fill the form. Raises NoItemsError when it has nothing at all.
    """
    session = web.db_session()
    user = me()
    seed = web.new_seed()
    weights = blueprint_of(web.config().bank_dir).weights
    form = actions.draw_form(session, user.id, plan, weights, Random(seed))
    try:
        with writing(session):
            attempt = actions.start_attempt(
                session,
                user.id,
                plan,
                form,
                seed=seed,
                target_percent=user.target_percent,
                start_token=start_token,
                now=web.now(),
            )
    except actions.AlreadyStartedError:
        return web.or_404(queries.attempt_by_token(session, user.id, start_token))
    if len(form) < plan.item_count and plan.is_size_asked_for:
        web.say(f"The bank has {web.counted(len(form), 'item')} for this choice, not {plan.item_count}.", "note")
    return attempt


@blueprint.post("/attempts/<uuid:attempt_id>/events")
@web.guests_welcome
def store_events(attempt_id: UUID) -> ResponseReturnValue:
    """Store a batch; the reply says the highest number of this device that is stored for good."""
    session = web.db_session()
    user_id = me().id
    try:
        batch = msgspec.json.decode(request.get_data(cache=False), type=Batch)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return web.json_error(400, f"These answers could not be read: {error}.")
    events = [Event(sent.seq, sent.position, sent.kind, sent.value, sent.age_ms) for sent in batch.events]
    try:
        with writing(session):
            stored = saving.store_events(session, user_id, attempt_id, batch.device, events, web.now())
    except saving.NoSuchAttemptError:
        return web.json_error(404, "There is no such attempt.")
    except saving.AttemptFinishedError:
        return web.json_error(409, "This attempt is finished; its answers can no longer change.")
    except saving.BadEventError as error:
        return web.json_error(400, str(error))
    return {"stored": stored.highest_seq, "late": stored.not_counted}

"""Starting an attempt, and where a candidate's devices send what they did."""

from collections.abc import Mapping
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
from quizapp.bank.queries import MockPool, mock_pool
from quizapp.bank.tags import blueprint_of
from quizapp.db import writing
from quizapp.rules.answer_log import Event
from quizapp.rules.timing import seconds_left

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


def pool_of_today() -> MockPool:
    """What mocks may draw from. One statement."""
    return mock_pool(web.db_session(), blueprint_of(web.config().bank_dir), web.today())


def begin(plan: Plan, start_token: UUID, pool: MockPool, most_unseen: Mapping[str, int] | None = None) -> Attempt:
    """Draw and start an attempt for the visitor; the same token gives the attempt that it made before.

    `most_unseen` limits how many unseen items each domain gives. Raises NoItemsError when there is nothing to draw,
    and TooFewItemsError when there is less than was asked for.
    """
    session = web.db_session()
    user = me()
    seed = web.new_seed()
    weights = blueprint_of(web.config().bank_dir).weights
    try:
        form = actions.draw_form(
            session,
            user.id,
            plan,
            weights,
            Random(seed),
            today=web.today(),
            gone=pool.gone,
            most_unseen=most_unseen,
        )
    except (actions.NoItemsError, actions.TooFewItemsError):
        # The first sending may hold what the second one lacks.
        earlier = queries.attempt_by_token(session, user.id, start_token)
        if earlier is None:
            raise
        return earlier
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
    except saving.SetAsideError as error:
        # The page keeps its answers and tries again: the mock may be brought back.
        return web.json_error(423, str(error))
    except saving.TooManyEventsError as error:
        return web.json_error(413, str(error))
    except saving.BadEventError as error:
        return web.json_error(400, str(error))
    rivals = [[rival.position, rival.answer, rival.device, rival.stays] for rival in stored.rivals]
    return {"stored": stored.highest_seq, "late": stored.not_counted, "rivals": rivals}


@blueprint.get("/attempts/<uuid:attempt_id>/state")
@web.guests_welcome
def state(attempt_id: UUID) -> ResponseReturnValue:
    """What is stored and how much time is left, for a page that has been away or has a rival."""
    session = web.db_session()
    attempt = web.or_404(queries.attempt_of(session, me().id, attempt_id))
    moment = web.now()
    rows = queries.responses_of(session, me().id, attempt_id)
    return {
        "standing": attempt.standing(moment).value,
        "seconds_left": seconds_left(attempt.deadline(moment), moment),
        "is_on_break": attempt.is_on_break(moment),
        "responses": [[row.position, row.kind, row.value, row.device] for row in rows],
    }

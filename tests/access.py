"""Who gets what: one row for each route and method, one column for each visitor.

200, 400, 404 … is the status; "sign-in" is a redirect to the sign-in page, "goes" one to another page.
The rows named in an address belong to the owner: a stranger, another account, gets 404 for each of them.
A guest has a user row but no address.
"""

from typing import Any

VISITORS = ("anonymous", "guest", "stranger", "owner", "author", "reviewer", "administrator")

# Every other page asks for sign-in.
PUBLIC = {
    "accounts.create_account",
    "accounts.forgotten_password",
    "accounts.register",
    "accounts.reset_link_sent",
    "accounts.reset_password",
    "accounts.send_reset_link",
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.try_sign_in",
    "accounts.use_reset_link",
    "addresses.confirm",
    "addresses.use_confirm_link",
    "deadlines.feed",
    "exam.start_sampler",
    "healthz",
    "room.service_worker",
    "home.help_page",
    "home.landing",
    "readyz",
}

MATRIX = """
                                      anonymous guest    stranger owner  author reviewer administrator
POST accounts.change_password         sign-in   sign-in  422      422    422    422      422
POST accounts.create_account          422       422      goes     goes   goes   goes     goes
POST accounts.delete_account          sign-in   sign-in  422      422    422    422      422
POST accounts.end_other_sessions      sign-in   sign-in  goes     goes   goes   goes     goes
POST accounts.end_session             sign-in   sign-in  goes     goes   goes   goes     goes
GET  accounts.export                  sign-in   sign-in  200      200    200    200      200
GET  accounts.forgotten_password      200       200      200      200    200    200      200
GET  accounts.leave                   sign-in   sign-in  200      200    200    200      200
GET  accounts.password                sign-in   sign-in  200      200    200    200      200
GET  accounts.register                200       200      goes     goes   goes   goes     goes
GET  accounts.reset_link_sent         200       200      200      200    200    200      200
GET  accounts.reset_password          200       200      200      200    200    200      200
POST accounts.save_settings           sign-in   sign-in  422      422    422    422      422
POST accounts.send_reset_link         422       422      422      422    422    422      422
GET  accounts.sessions                sign-in   sign-in  200      200    200    200      200
GET  accounts.settings                sign-in   sign-in  200      200    200    200      200
GET  accounts.sign_in                 200       200      goes     goes   goes   goes     goes
POST accounts.sign_out                goes      goes     goes     goes   goes   goes     goes
POST accounts.try_sign_in             422       422      goes     goes   goes   goes     goes
POST accounts.use_reset_link          422       422      422      422    422    422      422

GET  addresses.address                sign-in   sign-in  200      200    200    200      200
POST addresses.ask_for_change         sign-in   sign-in  422      422    422    422      422
GET  addresses.change                 sign-in   sign-in  404      200    404    404      404
GET  addresses.confirm                200       200      200      200    200    200      200
POST addresses.send_link              sign-in   sign-in  goes     goes   goes   goes     goes
POST addresses.use_change_link        sign-in   sign-in  404      goes   404    404      404
POST addresses.use_confirm_link       goes      goes     goes     goes   goes   goes     goes

GET  allowances.ask_to_set_aside      sign-in   sign-in  404      200    404    404      404
GET  allowances.ask_to_start_over     sign-in   sign-in  200      200    200    200      200
POST allowances.bring_back            sign-in   sign-in  404      goes   404    404      404
POST allowances.credit_outage         sign-in   404      404      goes   404    404      404
POST allowances.end_break             sign-in   404      404      goes   404    404      404
GET  allowances.pause                 sign-in   404      404      200    404    404      404
POST allowances.set_aside             sign-in   sign-in  404      goes   404    404      404
POST allowances.start_break           sign-in   404      404      goes   404    404      404
POST allowances.start_over            sign-in   sign-in  goes     goes   goes   goes     goes

GET  attempts.state                   sign-in   404      404      200    404    404      404
POST attempts.store_events            sign-in   404      404      200    404    404      404

GET  activities.activity              sign-in   sign-in  404      200    404    404      404
POST activities.change_activity       sign-in   sign-in  404      422    404    404      404
GET  activities.deleted               sign-in   sign-in  200      200    200    200      200
POST activities.delete_activity       sign-in   sign-in  404      goes   404    404      404
GET  audit.ask_name                   sign-in   sign-in  404      200    404    404      404
GET  audit.every_certificate          sign-in   sign-in  goes     200    goes   goes     goes
POST audit.give_name                  sign-in   sign-in  404      goes   404    404      404
GET  audit.originals                  sign-in   sign-in  404      200    404    404      404
GET  audit.pack                       sign-in   sign-in  404      200    404    404      404
GET  audit.transcript                 sign-in   sign-in  404      200    404    404      404
GET  tagging.overview                 sign-in   sign-in  200      200    200    200      200
POST tagging.save                     sign-in   sign-in  goes     goes   goes   goes     goes
GET  transfer.choose_file             sign-in   sign-in  200      200    200    200      200
POST transfer.upload                  sign-in   sign-in  422      422    422    422      422
POST transfer.check                   sign-in   sign-in  400      400    400    400      400
POST transfer.store                   sign-in   sign-in  400      400    400    400      400
GET  transfer.example                 sign-in   sign-in  200      200    200    200      200
GET  transfer.download_csv            sign-in   sign-in  200      200    200    200      200
GET  transfer.download_xlsx           sign-in   sign-in  200      200    200    200      200
GET  activities.edit_activity         sign-in   sign-in  404      200    404    404      404
POST activities.log_activity          sign-in   sign-in  400      400    400    400      400
GET  activities.new_activity          sign-in   sign-in  goes     goes   goes   goes     goes
GET  activities.overview              sign-in   sign-in  200      200    200    200      200
POST activities.preview               sign-in   sign-in  400      400    400    400      400
POST activities.restore_activity      sign-in   sign-in  404      goes   404    404      404
GET  activities.what_if               sign-in   sign-in  200      200    200    200      200
GET  credits.overview                 sign-in   sign-in  200      200    200    200      200

GET  closing.ask_to_close             sign-in   sign-in  404      200    404    404      404
GET  closing.ask_to_reopen            sign-in   sign-in  404      200    404    404      404
GET  closing.check                    sign-in   sign-in  404      200    404    404      404
POST closing.close                    sign-in   sign-in  404      goes   404    404      404
GET  closing.export                   sign-in   sign-in  404      200    404    404      404
POST closing.reopen                   sign-in   sign-in  404      goes   404    404      404

POST credentials.add_credential       sign-in   sign-in  422      422    422    422      422
GET  credentials.ask_to_delete_credential sign-in sign-in 404     200    404    404      404
POST credentials.change_credential    sign-in   sign-in  404      422    404    404      404
GET  credentials.choose               sign-in   sign-in  200      200    200    200      200
POST credentials.delete_credential    sign-in   sign-in  404      goes   404    404      404
GET  credentials.details              sign-in   sign-in  404      200    404    404      404
GET  credentials.edit_credential      sign-in   sign-in  404      200    404    404      404
GET  credentials.new_credential       sign-in   sign-in  200      200    200    200      200

GET  retests.overview                 sign-in   sign-in  404      200    404    404      404
POST retests.record                   sign-in   sign-in  404      422    404    404      404
POST retests.remove                   sign-in   sign-in  404      goes   404    404      404

GET  custom.ask_to_delete_custom      sign-in   sign-in  404      200    404    404      404
POST custom.delete_custom             sign-in   sign-in  404      goes   404    404      404
GET  custom.edit_custom               sign-in   sign-in  404      200    404    404      404
GET  custom.new_custom                sign-in   sign-in  200      200    200    200      200
POST custom.rewrite_custom            sign-in   sign-in  404      422    404    404      404
POST custom.write_custom              sign-in   sign-in  400      400    400    400      400

GET  deadlines.feed                   200       200      200      200    200    200      200
POST deadlines.make_feed              sign-in   sign-in  200      200    200    200      200
GET  deadlines.overview               sign-in   sign-in  200      200    200    200      200
POST deadlines.revoke_feed            sign-in   sign-in  goes     goes   goes   goes     goes

GET  desk.item                        sign-in   sign-in  404      404    200    200      200
GET  desk.overview                    sign-in   sign-in  404      404    200    200      200
GET  desk.report                      sign-in   sign-in  404      404    200    200      200

GET  evidence.ask_to_delete           sign-in   sign-in  404      200    404    404      404
POST evidence.delete                  sign-in   sign-in  404      goes   404    404      404
GET  evidence.download                sign-in   sign-in  404      410    404    404      404
GET  evidence.overview                sign-in   sign-in  404      200    404    404      404
POST evidence.upload                  sign-in   sign-in  404      422    404    404      404

GET  exam.catalogue                   sign-in   sign-in  200      200    200    200      200
GET  exam.custom                      sign-in   sign-in  200      200    200    200      200
GET  exam.history                     sign-in   sign-in  200      200    200    200      200
GET  exam.new                         sign-in   sign-in  200      200    200    200      200
POST exam.start                       sign-in   sign-in  400      400    400    400      400
POST exam.start_custom                sign-in   sign-in  422      422    422    422      422
POST exam.start_sampler               goes      goes     goes     goes   goes   goes     goes

GET  result.answer                    sign-in   404      404      200    404    404      404
GET  result.answers                   sign-in   404      404      200    404    404      404
GET  result.notes                     sign-in   sign-in  200      200    200    200      200
GET  result.print_view                sign-in   404      404      200    404    404      404
GET  result.result                    sign-in   404      404      200    404    404      404

GET  room.form                        sign-in   404      404      200    404    404      404
POST room.go                          sign-in   404      404      goes   404    404      404
GET  room.item                        sign-in   404      404      200    404    404      404
POST room.resume                      sign-in   404      404      goes   404    404      404
GET  room.review                      sign-in   404      404      200    404    404      404
POST room.save_item                   sign-in   404      404      goes   404    404      404
GET  room.service_worker              200       200      200      200    200    200      200
POST room.submit                      sign-in   404      404      goes   404    404      404
GET  room.tutorial                    sign-in   200      200      200    200    200      200
GET  room.time_up                     sign-in   404      404      200    404    404      404

GET  healthz                          200       200      200      200    200    200      200

GET  home.dashboard                   sign-in   sign-in  200      200    200    200      200
GET  home.help_page                   200       200      200      200    200    200      200
GET  home.landing                     200       200      goes     goes   goes   goes     goes

GET  insights.progress                sign-in   sign-in  200      200    200    200      200

POST notices.mark_read                sign-in   sign-in  400      400    400    400      400
GET  notices.overview                 sign-in   sign-in  200      200    200    200      200

POST practice.answer                  sign-in   sign-in  404      goes   404    404      404
GET  practice.choose                  sign-in   sign-in  200      200    200    200      200
POST practice.finish                  sign-in   sign-in  404      goes   404    404      404
POST practice.go                      sign-in   sign-in  404      goes   404    404      404
GET  practice.item                    sign-in   sign-in  404      200    404    404      404
POST practice.release_reserve         sign-in   sign-in  goes     goes   goes   goes     goes
POST practice.restore_reserve         sign-in   sign-in  goes     goes   goes   goes     goes
POST practice.resume                  sign-in   sign-in  404      goes   404    404      404
POST practice.start                   sign-in   sign-in  422      422    422    422      422
GET  practice.summary                 sign-in   sign-in  404      200    404    404      404

GET  readyz                           200       200      200      200    200    200      200
"""

# These answer with a file or with words for a machine.
NO_PAGE = {
    "GET attempts.state",
    "GET room.form",
    "GET room.service_worker",
    "GET accounts.export",
    "GET deadlines.feed",
    "GET audit.every_certificate",
    "GET audit.originals",
    "GET audit.pack",
    "GET audit.transcript",
    "GET transfer.example",
    "GET transfer.download_csv",
    "GET transfer.download_xlsx",
    "GET healthz",
    "GET readyz",
}

# These may be kept and asked for again, with their ETag; nothing else is kept by a browser.
REVALIDATED = {"GET deadlines.feed"}

# What is sent where an empty form would be refused before anybody asks whose row it is.
SENT: dict[str, dict[str, Any]] = {
    "POST attempts.store_events": {
        "json": {
            "device": "d1",
            "events": [{"seq": 1, "position": 1, "kind": "answer", "value": "A", "age_ms": 0}],
        }
    },
    "POST allowances.credit_outage": {"data": {"seconds": "60"}},
    "POST closing.close": {"data": {"version": "12-ceus", "mark": "of another day"}},
    "POST room.go": {"data": {"go": "1"}},
    "POST room.save_item": {"data": {"answer": "A", "answer_form": "1"}},
    "POST practice.answer": {"data": {"answer": "A"}},
    "POST practice.go": {"data": {"go": "1"}},
}


def read(matrix: str) -> dict[str, dict[str, str]]:
    """ "GET home.landing" → visitor → outcome."""
    header, *lines = [line for line in matrix.splitlines() if line.strip()]
    assert tuple(header.split()) == VISITORS
    rows: dict[str, dict[str, str]] = {}
    for line in lines:
        method, endpoint, *outcomes = line.split()
        name = f"{method} {endpoint}"
        assert len(outcomes) == len(VISITORS), f"{name}: {len(outcomes)} outcomes"
        assert name not in rows, f"{name} stands twice"
        rows[name] = dict(zip(VISITORS, outcomes, strict=True))
    return rows

"""Activities from and to tables: an import with preview, and export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me, visitor
from quizapp.bank.tags import tags_of
from quizapp.credits import actions, activity_queries, queries, tagging
from quizapp.credits import transfer_forms as forms
from quizapp.credits.actions import Entry
from quizapp.credits.credit_tags import CreditTags, credit_tags
from quizapp.credits.custom import tags_for
from quizapp.credits.import_rows import COLUMNS
from quizapp.credits.models import Activity
from quizapp.credits.queries import Standings
from quizapp.credits.table_files import BadTableError, Rows, csv_of, rows_of
from quizapp.credits.totals import totals_text
from quizapp.credits.transfer_forms import CheckedRow, MappingForm
from quizapp.db import writing
from quizapp.lazy import lazily
from quizapp.rules import credit_words
from quizapp.rules.credit_units import UNITS, is_long, may_be_iacet
from quizapp.web import MAX_REQUEST_BYTES, config, db_session, error_page, now, say, today

blueprint = Blueprint("transfer", __name__)

xlsx_of = lazily("quizapp.credits.xlsx_files:workbook_of")
MOST_FILE_BYTES = 5_000_000
MOST_BYTES_SWALLOWED = 50_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- Export ---------------------------------------------------------------------------------------------------------


@blueprint.get("/credits/activities.csv")
def download_csv() -> ResponseReturnValue:
    """Every activity as a CSV file, which an import reads again."""
    return _file(csv_of(_exported()), "text/csv; charset=utf-8", "csv")


@blueprint.get("/credits/activities.xlsx")
def download_xlsx() -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(xlsx_of(list(_exported()), "Activities"), XLSX, "xlsx")


@blueprint.get("/credits/import/example.csv")
def example() -> ResponseReturnValue:
    """The headings that are known for certain, and a row that shows how to fill them in."""
    domain = next(iter(dict(tags_of(config().bank_dir).domain_names).values()))
    row = (
        *("Denials webinar", "A medical society", "2026-02-03", "2026-02-03", "1.5", "hours", "live"),
        *(_kinds(), domain, "PA-17", "49.00", "By train"),
    )
    return _file(csv_of([_headings(), row]), "text/csv; charset=utf-8", "csv", "import-example")


def _kinds() -> str:
    """Two kinds of activities, as a cell names them: who approved it, and what it was about."""
    return "; ".join(group.tags[0].name for group in credit_tags(config().bank_dir).groups[:2])


def _exported() -> Iterator[Sequence[str]]:
    bank_dir = config().bank_dir
    tags, domains = _tags().names, dict(tags_of(bank_dir).domain_names)
    yield (*_headings(), "Minutes")
    for each in activity_queries.activities_of(db_session(), me().id):
        yield _row_of(each, tags, domains)


def _headings() -> tuple[str, ...]:
    return tuple(column.name for column in COLUMNS)


def _row_of(activity: Activity, tags: Mapping[str, str], domains: Mapping[str, str]) -> tuple[str, ...]:
    return (
        activity.title,
        activity.provider,
        activity.started_on.isoformat(),
        activity.ended_on.isoformat(),
        credit_words.plain_number(credit_words.hundredths(activity.amount_hundredths)),
        UNITS[activity.unit].many,
        activity.delivery,
        "; ".join(tags.get(tag, tag) for tag in activity.tags),
        "; ".join(domains.get(domain, domain) for domain in activity.domains),
        activity.index_number,
        "" if activity.cost_cents is None else f"{credit_words.hundredths(activity.cost_cents):.2f}",
        activity.note,
        str(activity.minutes),
    )


def _file(content: bytes, content_type: str, ending: str, name: str = "credit-activities") -> Response:
    disposition = f'attachment; filename="{name}-{today().isoformat()}.{ending}"'
    return Response(content, content_type=content_type, headers={"Content-Disposition": disposition})


# --- Import ---------------------------------------------------------------------------------------------------------


@blueprint.url_value_preprocessor
def allow_large_tables(endpoint: str | None, _values: object) -> None:
    """Let people who are signed in send a whole file, and a preview's draft, before anything reads the body."""
    if endpoint == "transfer.upload" and visitor():
        request.max_content_length = MOST_FILE_BYTES
    elif visitor():
        request.max_form_memory_size = MAX_REQUEST_BYTES


@blueprint.errorhandler(413)
def refuse_what_is_too_large(_error: Exception) -> ResponseReturnValue:
    """Say what would fit. A browser shows an answer only once it has sent everything, so the rest is swallowed."""
    left = MOST_BYTES_SWALLOWED if visitor() else 0
    while left > 0 and (part := request.environ["wsgi.input"].read(min(left, MAX_REQUEST_BYTES))):
        left -= len(part)
    return error_page(
        413,
        f"A table may have up to {MOST_FILE_BYTES // 1_000_000} MB. Nothing was stored. "
        "Save the sheet as CSV, or split it, and choose that.",
    )


@blueprint.get("/credits/import")
def choose_file() -> ResponseReturnValue:
    """Choose a table."""
    return _upload_page("")


@blueprint.post("/credits/import")
def upload() -> ResponseReturnValue:
    """Read the table, and show what would become of it; nothing is stored."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_page("Choose a file.")
    try:
        rows = rows_of(file.stream.read())
    except BadTableError as error:
        return _upload_page(str(error))
    draft = forms.packed(rows)
    if len(draft) > forms.MOST_DRAFT_CHARACTERS:
        return _upload_page("The table is too large to be shown before it is stored. Split it.")
    values = {**forms.guessed(rows), "draft": draft, "draft_id": str(uuid4())}
    mapping = MappingForm(rows[0], formdata=None, data=values)
    return _preview_page(mapping, rows, _checked(mapping, rows, _activities()))


@blueprint.post("/credits/import/check")
def check() -> ResponseReturnValue:
    """The preview again, with other columns chosen."""
    mapping, rows = _mapping_or_400()
    return _preview_page(mapping, rows, _checked(mapping, rows, _activities()))


@blueprint.post("/credits/import/store")
def store() -> ResponseReturnValue:
    """Store every row, or every row without errors where that is wanted: in one write, and each row once."""
    mapping, rows = _mapping_or_400()
    before = _standings()
    checked = _checked(mapping, rows, before.activities)
    bad = [row for row in checked if row.entry is None]
    wanted = [(row.id, row.entry) for row in checked if row.entry and (mapping.takes_known.data or not row.is_known)]
    if not wanted or (bad and not mapping.leaves_out_bad.data):
        return _preview_page(mapping, rows, checked, is_refused=True)
    session = db_session()
    with writing(session):
        number = actions.log_activities(session, me().id, wanted, now())
    left_out = len(checked) - len(wanted)
    said = (
        f"Imported: {credit_words.counted(number, 'activity', 'activities')}."
        + (f" {left_out} left out." if left_out else "")
        + (f" {len(wanted) - number} had been imported before." if number < len(wanted) else "")
    )
    return redirect(_where_it_shows(said, wanted, before), 303)


def _where_it_shows(said: str, wanted: Sequence[tuple[UUID, Entry]], before: Standings) -> str:
    """Say what an import changed, and return the address of a page that shows it: the credentials, or the list."""
    after = _standings()
    years = {entry.ended_on.year for _, entry in wanted}
    in_list = url_for("activities.overview", year=years.pop() if len(years) == 1 else None)
    if not after.holdings:
        say(said)
        return in_list
    totals = totals_text(before, after) or "No present cycle counts more by it."
    say(f"{said} {totals}", link=("See them in the list", in_list))
    ids = {key for key, _ in wanted}
    untagged = sum(each.id in ids for each in tagging.untagged(after))
    if untagged:
        counted = credit_words.counted(untagged, "activity", "activities")
        sentence = f"Without any of the kinds that the rules of your credentials ask for: {counted} of present cycles."
        say(sentence, "note", ("Say what they were about", url_for("tagging.overview")))
    return url_for("credits.overview")


def _upload_page(error: str) -> ResponseReturnValue:
    groups = _tags().groups
    page = render_template("credits/import.html", error=error, columns=COLUMNS, groups=groups, kinds=_kinds())
    return page, 422 if error else 200


def _mapping_or_400() -> tuple[MappingForm, Rows]:
    draft = MappingForm([]).draft.data or ""
    try:
        rows = forms.unpacked(draft)
    except forms.BadDraftError:
        abort(400)
    mapping = MappingForm(rows[0])
    if not mapping.validate():
        abort(400)
    return mapping, rows


def _checked(mapping: MappingForm, rows: Rows, activities: Sequence[Activity]) -> list[CheckedRow]:
    bank_dir = config().bank_dir
    try:
        draft_id = UUID(mapping.draft_id.data or "")
    except ValueError:
        abort(400)
    checked = forms.checked_rows(
        rows,
        mapping,
        draft_id=draft_id,
        today=today(),
        tags=_tags(),
        domains=dict(tags_of(bank_dir).domain_names),
    )
    return _with_known(checked, activities)


def _activities() -> Sequence[Activity]:
    return activity_queries.activities_of(db_session(), me().id)


def _tags() -> CreditTags:
    return tags_for(db_session(), me().id, config().bank_dir)


def _standings() -> Standings:
    return queries.standings_of(db_session(), me().id, today(), config().bank_dir)


def _with_known(checked: list[CheckedRow], activities: Sequence[Activity]) -> list[CheckedRow]:
    """Mark the rows that look like an activity of the list, or like a row above, unless they came from this draft."""
    ids = {each.id for each in activities}
    known = forms.known_keys(activities)
    marked = []
    for row in checked:
        key = forms.key_of(row.entry) if row.entry else None
        marked.append(replace(row, is_known=key in known and row.id not in ids))
        if key:
            known.add(key)
    return marked


def _preview_page(
    mapping: MappingForm, rows: Rows, checked: list[CheckedRow], *, is_refused: bool = False
) -> ResponseReturnValue:
    good = [row for row in checked if row.entry]
    page = render_template(
        "credits/import_preview.html",
        form=mapping,
        columns=COLUMNS,
        headings=rows[0],
        rows=checked,
        good=good,
        bad=[row for row in checked if not row.entry],
        known=[row for row in good if row.is_known],
        minutes=sum(row.entry.minutes for row in good if row.entry),
        is_refused=is_refused,
        is_long=is_long,
        may_be_iacet=may_be_iacet,
        words=credit_words,
        tag_names=_tags().names,
    )
    return page, 422 if is_refused else 200

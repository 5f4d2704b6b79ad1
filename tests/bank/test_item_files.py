"""What an item file may say: each refusal with its file, line and reason; and the two hashes."""

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from quizapp.bank.item_files import OptionText, json_schema
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.bank.yaml_files import BadFileError
from tests import make
from tests.bank.bank_folder import FILE, ITEM, REAL_BANK, items_of, make_bank, problems_of, write

SECOND = ITEM.replace("fin-one", "fin-two")


def test_an_item_is_read_with_the_place_where_it_stands(tmp_path: Path) -> None:
    one, two = items_of(make_bank(tmp_path, ITEM + SECOND))
    assert [(read.text.id, read.file, read.line) for read in (one, two)] == [
        ("fin-one", FILE, 1),
        ("fin-two", FILE, 18),
    ]
    assert one.text.stem == "What does a budget plan?"
    assert one.text.key_option == 0
    assert [option.key for option in one.text.options] == [True, False, False]
    assert (one.text.order, one.text.calculation, one.text.facts) == ("shuffled", False, [])


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("  level: application\n", "", "1: fin-one: the field 'level' is missing"),
        ("  stability: N\n", "  stability: N\n  mood: good\n", "17: fin-one: there is no field 'mood' here"),
        ("gone by, ", "gone by, reason: x, ", "11: fin-one: there is no field 'reason' here"),
        ("level: application", "levle: application", "5: fin-one: there is no field 'levle'; is it 'level'?"),
        ("id: fin-one", "id: Fin One", "1: Fin One: id cannot be 'Fin One': write small letters, digits and"),
        ("id: fin-one", "id: |\n    fin-one", "1: fin-one: id cannot be 'fin-one\\n': write small letters"),
        ("id: fin-one", "id: ''", "1: id is empty: write small letters, digits and single hyphens"),
        ("level: application", "level: hard", "5: fin-one: level cannot be 'hard': write one of recall, application,"),
        ("difficulty: 0.6", "difficulty: 1.2", "6: fin-one: difficulty cannot be 1.2: write a number from 0.05 to 0."),
        ("difficulty: 0.6", "difficulty: easy", "6: fin-one: difficulty cannot be 'easy': write a number from 0.05"),
        ("status: published", "status: secret", "7: fin-one: status cannot be 'secret': write one of draft, publishe"),
        ("stem: What does a budget plan?", "stem: ''", "8: fin-one: stem is empty: write a text of at most 2000 char"),
        ("stem: What does a budget plan?", "stem: 12", "8: fin-one: stem cannot be 12: write it in quotes, '12'"),
        ("stem: What does a budget plan?", "stem: " + "x" * 2001, "8: fin-one: stem has 2001 characters: write a tex"),
        ("    - {text: Nothing, rationale: It plans.}\n", "", "10: fin-one: options is a list of 2: write a list of"),
        ("cites:\n    - {ref: A textbook, proves: That.}", "cites: []", "13: fin-one: cites is a list of 0: write a"),
        ("against: standard-work", "against: hearsay", "15: fin-one: against cannot be 'hearsay': write one of prima"),
        ("on: 2026-01-15", "on: January", "15: fin-one: on cannot be 'January': write a day of the calendar, as 2028"),
        ("on: 2026-01-15", "on: 2026-01-15, text_of: May", "15: fin-one: text_of cannot be 'May': write a year"),
        ("areas: [finance]", "areas: []", "3: fin-one: areas is a list of 0: write a list of at least 1"),
        ("areas: [finance]", "areas: finance", "3: fin-one: areas cannot be 'finance': write a list, [finance]"),
        # What only a look at the whole item, or at the lists, can tell:
        ("key: true, ", "", "10: fin-one: exactly one option must be the key, not 0"),
        ("gone by, ", "gone by, key: true, ", "10: fin-one: exactly one option must be the key, not 2"),
        ("The year gone by", "the  year TO come", "10: fin-one: two options say the same"),
        ("domain: finance", "domain: astrology", "2: fin-one: there is no domain 'astrology'"),
        ("domain: finance", "domain: risk-management", "2: fin-one: an item of risk-management must stand in items/"),
        ("topics: [budgeting]", "topics: [leave]", "4: fin-one: finance has no topic 'leave'"),
        ("areas: [finance]", "areas: [finance, cooking]", "3: fin-one: there is no area 'cooking'"),
        ("review_by: 2027-03-10", "review_by: 2026-01-14", "17: fin-one: the review date lies before the day"),
    ],
    ids=lambda text: re.sub(r"\s+", " ", text)[:30],
)  # fmt: skip
def test_what_an_item_may_not_say_is_refused_with_file_line_and_reason(
    tmp_path: Path, was: str, becomes: str, problem: str
) -> None:
    assert ITEM.count(was) == 1
    (found,) = problems_of(make_bank(tmp_path, ITEM.replace(was, becomes)))
    assert found.startswith(f"{FILE}:{problem}")


def test_an_item_may_have_three_or_four_options_but_not_five(tmp_path: Path) -> None:
    more = "".join(f"    - {{text: More {n}, rationale: Why not.}}\n" for n in range(2))
    text = ITEM.replace("  cites:\n", more + "  cites:\n")
    assert problems_of(make_bank(tmp_path, text)) == [
        f"{FILE}:10: fin-one: options is a list of 5: write a list of 3 to 4"
    ]


def test_the_line_is_that_of_the_second_item_where_the_second_is_wrong(tmp_path: Path) -> None:
    bank = make_bank(tmp_path, ITEM + SECOND.replace("level: application", "level: hard"))
    assert problems_of(bank) == [
        f"{FILE}:22: fin-two: level cannot be 'hard': write one of recall, application, analysis"
    ]


def test_an_id_that_stands_twice_is_named_in_every_place(tmp_path: Path) -> None:
    bank = make_bank(tmp_path, SECOND + ITEM, ITEM)
    assert problems_of(bank) == [
        "items/finance/budgeting-1.yaml:1: fin-one: the id stands 2 times in the bank",
        "items/finance/budgeting.yaml:18: fin-one: the id stands 2 times in the bank",
    ]


def test_every_problem_of_every_file_is_said_at_once(tmp_path: Path) -> None:
    bank = make_bank(
        tmp_path,
        ITEM.replace("[budgeting]", "[leave]").replace("2027-03-10", "2020-01-01"),
        SECOND.replace("level: application", "level: hard"),
        "- id: a: b\n",
    )
    assert [": ".join(problem.split(": ")[:2]) for problem in problems_of(bank)] == [
        "items/finance/budgeting-1.yaml:5: fin-two",
        "items/finance/budgeting-2.yaml:1: mapping values are not allowed in this context",
        "items/finance/budgeting.yaml:4: fin-one",
        "items/finance/budgeting.yaml:17: fin-one",
    ]


def test_every_fault_of_an_item_is_said_at_once(tmp_path: Path) -> None:
    text = ITEM.replace("application", "hard").replace("key: true", "key: yes").replace("2027-03-10", "3/10/2027")
    assert problems_of(make_bank(tmp_path, text.replace("difficulty: 0.6", "difficulty: 60"))) == [
        f"{FILE}:5: fin-one: level cannot be 'hard': write one of recall, application, analysis",
        f"{FILE}:6: fin-one: difficulty cannot be 60: write a number from 0.05 to 0.99",
        f"{FILE}:10: fin-one: key cannot be 'yes': write true or false",
        f"{FILE}:17: fin-one: review_by cannot be '3/10/2027': write a day of the calendar, as 2028-11-21",
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "line", "name"),
    [
        ("stem: What does a budget plan?", "stem: What #does a budget plan?", 8, "stem"),
        ("stem: What does a budget plan?", "stem:\n    What does a\n    budget #plan?", 10, "stem"),
        ("text: The year gone by, ", "text: The year #1\n      , ", 11, "text"),
        ("cites:\n", "cites:\n    - ref: Form # 941\n      proves: When it is due.\n", 14, "ref"),
    ],
)
def test_a_text_that_a_remark_cuts_short_is_refused(
    tmp_path: Path, was: str, becomes: str, line: int, name: str
) -> None:
    assert problems_of(make_bank(tmp_path, ITEM.replace(was, becomes))) == [
        f"{FILE}:{line}: {name} ends before the #: put it in quotes, or >- before it"
    ]


def test_a_remark_elsewhere_and_a_hash_in_quotes_are_no_fault(tmp_path: Path) -> None:
    text = ITEM.replace("level: application", "level: application # or recall?").replace("budget plan?", "#1 plan?")
    quoted = text.replace("What does a #1 plan?", "'What does a #1 plan?' # to be reworded")
    folded = quoted.replace("'What does a #1 plan?' # to be reworded", ">- # to be reworded\n    What does a #1 plan?")
    for number, one in enumerate((quoted, folded)):
        (folder := tmp_path / str(number)).mkdir()
        assert items_of(make_bank(folder, one))[0].text.stem == "What does a #1 plan?"


def test_a_file_that_would_not_be_read_is_refused(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    for name in ("leave.yml", "leave.yaml.bak", ".leave.yaml.swp", "leave.yaml~"):
        write(bank, ITEM, f"items/finance/{name}")
    assert problems_of(bank) == [
        "items/finance/leave.yaml.bak:1: is not read: the name of a file of items ends in .yaml",
        "items/finance/leave.yml:1: is not read: the name of a file of items ends in .yaml",
    ]


@pytest.mark.parametrize(
    ("text", "reason"), [("id: fin-one\n", "the file must be a list of items"), ("", "the file is empty")]
)
def test_a_file_is_a_list_of_items(tmp_path: Path, text: str, reason: str) -> None:
    assert problems_of(make_bank(tmp_path, text)) == [f"{FILE}:1: {reason}"]


def test_a_bank_without_a_file_has_no_items(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    (bank / FILE).unlink()
    assert items_of(bank) == []


# --- The lists ------------------------------------------------------------------------------------------------------


def test_a_topic_belongs_to_one_domain(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    tags = (bank / "tags.yaml").read_text()
    write(bank, tags.replace("      budgeting: Budgeting\n", "      leave: Leave\n"), "tags.yaml")
    with pytest.raises(BadFileError, match=r"^tags\.yaml:1: a topic stands in two domains$"):
        tags_of(bank)


def test_the_blueprint_weighs_every_domain_once(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    blueprint = (bank / "blueprint.yaml").read_text()
    write(bank, blueprint.replace("  finance: 1\n", ""), "blueprint.yaml")
    with pytest.raises(BadFileError, match=r"^blueprint\.yaml:1: the weights must name each domain"):
        blueprint_of(bank)


def test_a_blueprint_weighs_nothing_with_nothing(tmp_path: Path) -> None:
    bank = make_bank(tmp_path)
    blueprint = (bank / "blueprint.yaml").read_text()
    write(bank, blueprint.replace("  finance: 1\n", "  finance: 0\n"), "blueprint.yaml")
    with pytest.raises(BadFileError, match=r"^blueprint\.yaml:\d+: finance cannot be 0: write a number above 0"):
        blueprint_of(bank)


def test_what_left_the_lists_is_called_by_its_slug() -> None:
    tags = tags_of(REAL_BANK)
    assert tags.name_of("domain", "finance") == "Finance"
    assert tags.name_of("topic", "clia") == "Laboratory rules (CLIA)"
    assert [tags.name_of(kind, "astrology") for kind in ("domain", "area", "topic")] == ["astrology"] * 3


# --- The real bank --------------------------------------------------------------------------------------------------


def test_the_real_bank_has_no_problem_and_ten_published_items_in_each_domain() -> None:
    published = [read.text.domain for read in items_of(REAL_BANK) if read.text.status == "published"]
    assert all(published.count(domain) >= 10 for domain in tags_of(REAL_BANK).domains)


def test_tags_and_blueprint_of_the_real_bank_agree() -> None:
    tags, blueprint = tags_of(REAL_BANK), blueprint_of(REAL_BANK)
    assert list(blueprint.weights) == list(tags.domains)
    assert len(tags.domains) == 9
    assert [area.slug for area in tags.main_areas] == [
        "risk-management",
        "law-and-ethics",
        "finance",
        "human-resources",
    ]
    assert {"sampler", "quick", "domain", "area"} <= set(blueprint.mocks)
    quick = blueprint.mocks["quick"]
    assert (quick.items, quick.minutes) == (45, 41)


def test_the_schema_for_editors_is_that_of_the_code() -> None:
    assert msgspec.json.decode((REAL_BANK / "schema" / "item.schema.json").read_bytes()) == json_schema()


# --- The hashes -----------------------------------------------------------------------------------------------------


def test_a_comma_in_a_rationale_changes_the_content_and_not_what_is_scored() -> None:
    one = make.item_text()
    first = one.options[0]
    other = msgspec.structs.replace(
        one, options=[OptionText(first.text, first.rationale + ",", first.key), *one.options[1:]]
    )
    assert one.content_hash != other.content_hash
    assert one.scored_hash == other.scored_hash


@pytest.mark.parametrize(
    "change", [{"key": 1}, {"stem": "Something else?"}, {"options": ("Alpha", "Bravo", "Delta", "Charlie")}]
)
def test_stem_options_and_key_are_what_is_scored(change: dict[str, object]) -> None:
    assert make.item_text().scored_hash != make.item_text(**change).scored_hash  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"difficulty": 0.7}, {"status": "draft"}, {"topics": ["leave"]}])
def test_every_field_is_part_of_the_content(change: dict[str, object]) -> None:
    one, other = make.item_text(), make.item_text(**change)  # type: ignore[arg-type]
    assert one.content_hash != other.content_hash
    assert one.scored_hash == other.scored_hash


def test_the_same_item_has_the_same_hash_wherever_it_stands(tmp_path: Path) -> None:
    (one,) = items_of(make_bank(tmp_path))
    assert replace(one, line=9).text.content_hash == one.text.content_hash
    spaced = ITEM.replace("[finance]", "\n    - finance\n").replace("status: published", "status:   'published'")
    write(tmp_path, "# A remark.\n" + spaced)
    assert items_of(tmp_path)[0].text.content_hash == one.text.content_hash

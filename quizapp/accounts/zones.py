"""Time zones as people choose them: those of the United States first, then the world by region."""

from functools import cache
from zoneinfo import available_timezones

DEFAULT = "America/New_York"  # Most candidates work in the United States; the page guesses better where it can.
UNITED_STATES = {
    "America/New_York": "Eastern – New York",
    "America/Chicago": "Central – Chicago",
    "America/Denver": "Mountain – Denver",
    "America/Phoenix": "Arizona – Phoenix",
    "America/Los_Angeles": "Pacific – Los Angeles",
    "America/Anchorage": "Alaska – Anchorage",
    "Pacific/Honolulu": "Hawaii – Honolulu",
    "America/Puerto_Rico": "Atlantic – Puerto Rico",
}
REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@cache
def by_region() -> dict[str, list[tuple[str, str]]]:
    """Every zone as (name, label) under its region."""
    groups: dict[str, list[tuple[str, str]]] = {"United States": list(UNITED_STATES.items())}
    groups.update({region: [] for region in REGIONS})
    for name in sorted(available_timezones() - UNITED_STATES.keys()):
        region, _, place = name.partition("/")
        if region in REGIONS and place:
            groups[region].append((name, place.replace("_", " ").replace("/", " – ")))
    groups["No place"] = [("UTC", "UTC")]
    return groups


@cache
def names() -> frozenset[str]:
    """The names that can be chosen."""
    return frozenset(name for group in by_region().values() for name, _label in group)


def known_or_default(name: str) -> str:
    """The zone of that name, or the default when a browser's guess is none of ours."""
    return name if name in names() else DEFAULT

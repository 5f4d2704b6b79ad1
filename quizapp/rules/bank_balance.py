"""What a bank lacks: counts and shares by domain, area, topic, level and fact."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

LEAST_OF_A_DOMAIN = 30
LEAST_OF_A_MAIN_AREA = 60
MOST_RECALL_PERCENT = 30
LEAST_APPLICATION_PERCENT = 60
LEAST_CALCULATION_PERCENT = 15
CALCULATING = ("finance", "revenue-management")
MOST_OF_A_TOPIC_PERCENT = 15
MOST_ITEMS_OF_A_FACT = 3


@dataclass(frozen=True)
class Tagged:
    """What an item is counted by."""

    domain: str
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    level: str
    is_calculation: bool = False
    facts: tuple[str, ...] = ()


def shortfalls(items: Sequence[Tagged], domains: Collection[str], main_areas: Collection[str]) -> list[str]:
    """In a sentence each, where the bank keeps less than it should."""
    found = [sentence for domain in domains for sentence in _of_domain(items, domain)]
    areas = Counter(area for item in items for area in item.areas)
    found += [
        f"{area}: {areas[area]} items, fewer than {LEAST_OF_A_MAIN_AREA}"
        for area in main_areas
        if areas[area] < LEAST_OF_A_MAIN_AREA
    ]
    facts = Counter(fact for item in items for fact in item.facts)
    found += [
        f"fact {fact}: under {number} items, more than {MOST_ITEMS_OF_A_FACT}"
        for fact, number in sorted(facts.items())
        if number > MOST_ITEMS_OF_A_FACT
    ]
    return found


def _of_domain(items: Sequence[Tagged], domain: str) -> Iterator[str]:
    own = [item for item in items if item.domain == domain]
    if len(own) < LEAST_OF_A_DOMAIN:
        yield f"{domain}: {len(own)} items, fewer than {LEAST_OF_A_DOMAIN}"
    levels = Counter(item.level for item in own)
    # Whole numbers, so that no rounding decides.
    if 100 * levels["recall"] > MOST_RECALL_PERCENT * len(own):
        yield f"{domain}: {levels['recall']} of {len(own)} ask for recall, more than {MOST_RECALL_PERCENT} %"
    if 100 * levels["application"] < LEAST_APPLICATION_PERCENT * len(own):
        number = levels["application"]
        yield f"{domain}: {number} of {len(own)} ask for application, fewer than {LEAST_APPLICATION_PERCENT} %"
    calculating = sum(item.is_calculation for item in own)
    if domain in CALCULATING and 100 * calculating < LEAST_CALCULATION_PERCENT * len(own):
        yield f"{domain}: {calculating} of {len(own)} calculate, fewer than {LEAST_CALCULATION_PERCENT} %"
    topics = Counter(topic for item in own for topic in item.topics)
    for topic, number in sorted(topics.items()):
        if 100 * number > MOST_OF_A_TOPIC_PERCENT * len(own):
            yield f"{domain}: {number} of {len(own)} are on {topic}, more than {MOST_OF_A_TOPIC_PERCENT} %"

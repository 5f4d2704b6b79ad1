"""The closed lists of domains, topics and areas, and the blueprint: small files, read once per start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from quizapp.bank.yaml_files import BadFileError, Problem, read_struct

MOCKS = {"sampler", "full", "half", "quick", "domain", "area"}


class DomainEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the nine domains, with its topics: slug → name."""

    slug: str
    name: str
    topics: dict[str, str]


class AreaEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An area, which cuts across domains; the main ones have a mock of their own."""

    slug: str
    name: str
    main: bool = False


class TagFile(Struct, frozen=True, forbid_unknown_fields=True):
    """tags.yaml."""

    domains: list[DomainEntry]
    areas: list[AreaEntry]


class MockEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A mock of the catalogue: how many items in how many minutes."""

    name: str
    items: Annotated[int, Meta(ge=1, le=500)]
    minutes: Annotated[int, Meta(ge=1, le=600)]


class Blueprint(Struct, frozen=True, forbid_unknown_fields=True):
    """blueprint.yaml: the pace, the weight of each domain, the mocks."""

    seconds_per_item: Annotated[int, Meta(ge=10, le=600)]
    weights: dict[str, Annotated[float, Meta(gt=0)]]
    mocks: dict[str, MockEntry]


@dataclass(frozen=True)
class Tags:
    """The closed lists, by slug, in the order of display."""

    domains: Mapping[str, DomainEntry]
    areas: Mapping[str, AreaEntry]

    @property
    def main_areas(self) -> list[AreaEntry]:
        """The areas that have a mock of their own."""
        return [area for area in self.areas.values() if area.main]

    @property
    def topic_names(self) -> dict[str, str]:
        """Every topic's name by slug; a topic belongs to one domain."""
        return {slug: name for domain in self.domains.values() for slug, name in domain.topics.items()}

    @property
    def domain_names(self) -> list[tuple[str, str]]:
        """(slug, name) of each domain."""
        return [(domain.slug, domain.name) for domain in self.domains.values()]

    @property
    def area_names(self) -> list[tuple[str, str]]:
        """(slug, name) of each area."""
        return [(area.slug, area.name) for area in self.areas.values()]

    def names(self, kind: str, slugs: Iterable[str]) -> str:
        """Several names in a row."""
        return ", ".join(self.name_of(kind, slug) for slug in slugs)

    def name_of(self, kind: str, slug: str) -> str:
        """What people call a domain, area or topic; its slug if it left the lists."""
        if kind == "domain":
            return self.domains[slug].name if slug in self.domains else slug
        if kind == "area":
            return self.areas[slug].name if slug in self.areas else slug
        return self.topic_names.get(slug, slug)


@cache
def tags_of(bank_dir: Path) -> Tags:
    """The closed lists of a bank folder. Raises BadFileError."""
    read = read_struct(bank_dir, "tags.yaml", TagFile)
    tags = Tags({domain.slug: domain for domain in read.domains}, {area.slug: area for area in read.areas})
    topics = [slug for domain in read.domains for slug in domain.topics]
    if len(topics) > len(set(topics)):
        raise BadFileError([Problem("tags.yaml", 1, "a topic stands in two domains")])
    return tags


@cache
def blueprint_of(bank_dir: Path) -> Blueprint:
    """The blueprint of a bank folder. Raises BadFileError when its weights do not name every domain once, or when a
    mock is missing or is none.
    """
    blueprint = read_struct(bank_dir, "blueprint.yaml", Blueprint)
    if set(blueprint.weights) != set(tags_of(bank_dir).domains):
        raise BadFileError([Problem("blueprint.yaml", 1, "the weights must name each domain of tags.yaml once")])
    if set(blueprint.mocks) != MOCKS:
        raise BadFileError([Problem("blueprint.yaml", 1, f"the mocks must be {', '.join(sorted(MOCKS))}")])
    return blueprint

"""Which items say nearly the same, so that no form has two of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

SHINGLE_WORDS = 3
# Reached when about a quarter of the words were changed. The two likest of 306 independent items reach 0.15.
LEAST_LIKENESS = 0.25
# Options alone: reached when a third of them were changed. Two short lists of numbers among 306 items reach 0.33.
LEAST_LIKENESS_OF_OPTIONS = 0.5


def near_duplicates(texts: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The pairs of items, the smaller id first, that share a quarter of their shingles or more, or half of those of
    their options: the same options under another stem give each other away.

    `texts` has the stem and then the options of each item by id. A shingle is three words in a row of one text, and
    likeness the shingles that two items share over all that either has (Jaccard's index; Broder 1997). The order of
    the options does not matter, and neither do capitals and punctuation.
    """
    whole = _alike({item_id: _shingles(said) for item_id, said in texts.items()}, LEAST_LIKENESS)
    options = {item_id: _shingles(said[1:]) for item_id, said in texts.items()}
    return sorted(whole | _alike(options, LEAST_LIKENESS_OF_OPTIONS))


def _alike(shingles: Mapping[str, set[tuple[str, ...]]], least: float) -> set[tuple[str, str]]:
    having: dict[tuple[str, ...], list[str]] = defaultdict(list)
    pairs = set()
    for item_id, found in sorted(shingles.items()):
        shared = Counter(other for shingle in found for other in having[shingle])
        for other, number in shared.items():
            if number >= least * (len(found) + len(shingles[other]) - number):
                pairs.add((other, item_id))
        for shingle in found:
            having[shingle].append(item_id)
    return pairs


def _shingles(texts: Sequence[str]) -> set[tuple[str, ...]]:
    found = set()
    for text in texts:
        words = [word for word in (word.strip("?!.,;:()\"'“”‘’*") for word in text.casefold().split()) if word]
        found |= {tuple(words[n : n + SHINGLE_WORDS]) for n in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    return found

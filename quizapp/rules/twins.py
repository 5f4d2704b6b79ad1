"""Which items say nearly the same, so that no form has two of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

SHINGLE_WORDS = 3
# Reached when about a quarter of the words were changed. The two likest of 306 independent items reach 0.15.
LEAST_LIKENESS = 0.25


def near_duplicates(texts: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The pairs of items, the smaller id first, that share a quarter of their shingles or more.

    `texts` has the stem and the options of each item by id. A shingle is three words in a row of one text, and likeness
    the shingles that two items share over all that either has (Jaccard's index; Broder 1997). The order of the options
    does not matter, and neither do capitals and punctuation.
    """
    shingles = {item_id: _shingles(texts[item_id]) for item_id in sorted(texts)}
    having: dict[tuple[str, ...], list[str]] = defaultdict(list)
    pairs = []
    for item_id, found in shingles.items():
        shared = Counter(other for shingle in found for other in having[shingle])
        for other, number in sorted(shared.items()):
            if number >= LEAST_LIKENESS * (len(found) + len(shingles[other]) - number):
                pairs.append((other, item_id))
        for shingle in found:
            having[shingle].append(item_id)
    return sorted(pairs)


def _shingles(texts: Sequence[str]) -> set[tuple[str, ...]]:
    found = set()
    for text in texts:
        words = [word for word in (word.strip("?!.,;:()\"'“”‘’*") for word in text.casefold().split()) if word]
        found |= {tuple(words[n : n + SHINGLE_WORDS]) for n in range(max(1, len(words) - SHINGLE_WORDS + 1))}
    return found

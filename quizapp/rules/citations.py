"""What a citation is, whether it is written as the bank writes it, and which citations a reference covers."""

import re
from collections.abc import Iterable

_PARAGRAPHS = r"(?:\([A-Za-z0-9]{1,5}\))*"
_LIST = rf"{_PARAGRAPHS}(?:(?:-|, | and ){_PARAGRAPHS})*"
# A term defined in a section without paragraphs stands in brackets, and so may a later law that added a paragraph.
_NOTE = r"(?: \([A-Za-z][^()]*(?:\([^()]*\)[^()]*)*\))?"
_SECTION = {
    "CFR": rf"\d{{1,2}} CFR (?:Part \d+|\d+\.[\dA-Za-z-]*\d[\dA-Za-z]*){_LIST}{_NOTE}",
    "USC": rf"\d{{1,2}} USC \d+[A-Za-z]*(?:-\d+[a-z]*)?{_LIST}{_NOTE}",
    "rule": r"Fed\. R\. (?:Civ|Crim|Evid|App)\.(?: P\.)? \d+(?:\.\d+)?(?:\([A-Za-z0-9]{1,5}\))*",
    "FR": r"\d{1,3} FR \d{1,6} \((?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec) \d{1,2}, \d{4}\)",
}
_FORM = {
    "CFR": "45 CFR 164.524(b)(2)(i)",
    "USC": "29 USC 2612(e)(1)",
    "FR": "91 FR 25496 (May 11, 2026)",
    "rule": "Fed. R. Civ. P. 37(e)",
    "case": "Faragher v. City of Boca Raton, 524 U.S. 775 (1998)",
    "manual": "Medicare Claims Processing Manual, ch. 12, sec. 40.2",
}
_CASE = re.compile(r".+ v\. .+, (?:\d+ [A-Z][\w. ]*? \d+ \([^()]*\d{4}\)|T\.C\. Memo\. \d{4}-\d+)(?: \([^()]+\))?")
_OFFICIAL_MANUAL = re.compile(r"(?:Medicare|Medicaid|TRICARE|State Operations)\b.* Manual\b")
_MANUAL = re.compile(r".+ Manual\b[^,;]*(?:, ch\. \d+[A-Z]?)?(?:, secs?\. [\d.]+[^;]*)?(?:; .+)?")
_ARITHMETIC = re.compile(r"\barithmetic\b|\b(?:formula|own terms|calendar count)\b", re.IGNORECASE)
_SPLIT = re.compile(r"(?P<section>\d+ (?:cfr|usc) (?:part )?[\w.-]*\w)(?P<rest>.*)")
LAW = {"CFR", "USC", "FR", "rule", "case", "manual"}


def kind_of(ref: str) -> str:
    """CFR, USC, FR, rule (of court), case, manual, arithmetic, or standard (a book, body, agency page or practice)."""
    if ref.startswith("Fed. R."):
        return "rule"
    start = re.match(r"(?:\d+ )?(C\.?F\.?R|U\.?S\.?C|F\. ?R|Fed\. ?Reg|FR)\b", ref)
    if start:
        letters = start.group(1).replace(".", "").replace(" ", "")
        return letters if letters in ("CFR", "USC") else "FR"
    if re.search(r" vs?\.? [A-Z]", ref):
        return "case"
    if _OFFICIAL_MANUAL.match(ref):
        return "manual"
    return "arithmetic" if _ARITHMETIC.search(ref) else "standard"


def problem_of(ref: str) -> str | None:
    """What is wrong with the form of a citation; None if nothing is. Books and standards have no form but a length."""
    kind = kind_of(ref)
    if ref != " ".join(ref.split()):
        return "spaces where none belong"
    if kind in _SECTION:
        fits = bool(re.fullmatch(_SECTION[kind], ref))
    elif kind == "case":
        fits = bool(_CASE.fullmatch(ref))
    elif kind == "manual":
        fits = bool(_MANUAL.fullmatch(ref)) and bool(re.search(r", (?:ch|secs?)\. \d", ref))
    else:
        return None if 8 <= len(ref) <= 200 else "a source needs 8 to 200 characters"
    return None if fits else f"not the form of a citation of this kind ({kind}), such as {_FORM[kind]}"


def is_law(refs: Iterable[str]) -> bool:
    """Whether any of the citations is to law: code, register, rule of court, case or official manual."""
    return any(kind_of(ref) in LAW for ref in refs)


def covers(wanted: str, ref: str) -> bool:
    """Whether a change of what is `wanted` may concern a citation.

    For CFR and USC: the same section (a title and part cover all its sections), and of it the same paragraph, one
    inside it or one around it; a citation of several paragraphs counts whole. Anything else by its beginning.
    """
    wanted, ref = " ".join(wanted.split()).casefold(), " ".join(ref.split()).casefold()
    asked, cited = _SPLIT.match(wanted), _SPLIT.match(ref)
    if not asked or not cited:
        return ref.startswith(wanted)
    same = cited["section"] == asked["section"] or cited["section"].startswith(asked["section"] + ".")
    inside = cited["rest"].startswith(asked["rest"]) or asked["rest"].startswith(cited["rest"])
    return same and (inside or not re.fullmatch(_PARAGRAPHS, cited["rest"]))

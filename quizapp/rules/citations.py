"""What a citation is, whether it is written as the bank writes it, and which citations a reference covers."""

import re
from collections.abc import Iterable

_PARAGRAPHS = r"(?:\([A-Za-z0-9]{1,5}\))*"
_LIST = rf"{_PARAGRAPHS}(?:(?:-|, | and ){_PARAGRAPHS})*"
# A term defined in a section without paragraphs stands in brackets, and so may a later law that added a paragraph.
# It has a word: a paragraph after a space is no note.
_NOTE = r"(?: \((?![ivxl]+\))(?=[^()]*[A-Za-z]{3})[A-Za-z][^()]*(?:\([^()]*\)[^()]*)*\))?"
_SECTION = {
    "CFR": rf"[1-9]\d? CFR (?:Part \d+|\d+\.[\dA-Za-z-]*\d[\dA-Za-z]*){_LIST}{_NOTE}",
    "USC": rf"[1-9]\d? USC \d+[A-Za-z]*(?:-\d+[a-z]*)?{_LIST}{_NOTE}",
    "rule": r"Fed\. R\. (?:Civ|Crim|Evid|App)\.(?: P\.)? \d+(?:\.\d+)?(?:\([A-Za-z0-9]{1,5}\))*",
    "FR": r"\d{1,3} FR \d{1,6} \((?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec) \d{1,2}, \d{4}\)",
    "act": r"Pub\. L\. \d{2,3}-\d{1,4}(?:, (?:div\.|title|subtitle) [A-Z]+)*, secs?\. \d[^;]*",
}
_LAST_TITLE = {"CFR": 50, "USC": 54}
_FORM = {
    "CFR": "45 CFR 164.524(b)(2)(i)",
    "USC": "29 USC 2612(e)(1)",
    "FR": "91 FR 25496 (May 11, 2026)",
    "rule": "Fed. R. Civ. P. 37(e)",
    "act": "Pub. L. 117-328, div. FF, sec. 4113",
    "case": "Faragher v. City of Boca Raton, 524 U.S. 775 (1998)",
    "manual": "Medicare Claims Processing Manual, ch. 12, sec. 40.2",
}
_CASE = re.compile(
    r"(?:.+ v\. .+|(?:In re|Ex parte|Matter of) .+), "
    r"(?:\d+ [A-Z][\w. ]*? \d+ \([^()]*\d{4}\)|T\.C\. Memo\. \d{4}-\d+)(?: \([^()]+\))?"
)
_OFFICIAL_MANUAL = re.compile(
    r"(?:Medicare|Medicaid|TRICARE|CMS|State Operations)\b.* Manual\b|(?:MCPM|MBPM|MPIM|SOM|IOM)\b"
)
_MANUAL = re.compile(r".+ Manual\b[^,;]*(?:, ch\. \d+[A-Z]?)?(?:, secs?\. [\d.]+[^;]*)?(?:; .+)?")
_ARITHMETIC = re.compile(r"\barithmetic\b|\b(?:formula|own terms|calendar count)\b", re.IGNORECASE)
# A code is law wherever it is named, also by a bare section such as 1910.1030, so it has one form and no other.
_CODE = re.compile(r"(?<![A-Z])(C\.?F\.?R|U\.?S\.?C)\b|(§)|\b(\d{3,4}\.\d{3,4})\b", re.IGNORECASE)
_SPLIT = re.compile(r"(?P<section>\d+ (?P<code>cfr|usc) [\w.-]*\w)(?P<rest>.*)")
_WAYS = (
    (r"(?<=\d) ?c\.? ?f\.? ?r(?![a-z])\.? ?", " cfr "),
    (r"(?<=\d) ?u\.? ?s\.? ?c(?![a-z])\.? ?", " usc "),
    (r"(?<= cfr | usc )(?:part |sections? |secs?\. ?|§+ ?)", ""),
    (r"^(?:see )?(?:title )?(?=\d)", ""),
    (r"\bfed\. ?reg\.", "fr"),
    (r",? subparts? [a-z]+$", ""),
    (r"(?<=\d) (?=\(\w{1,5}\)(?:\(|$))", ""),
)
LAW = {*_SECTION, "case", "manual"}


def kind_of(ref: str) -> str:
    """CFR, USC, FR, act, rule (of court), case, manual, arithmetic, or standard (a book, body, page or practice)."""
    code = _CODE.search(ref)
    if code:
        return "USC" if code.group(1) and code.group(1)[0] in "Uu" else "CFR"
    if ref.startswith("Fed. R."):
        return "rule"
    if re.match(r"(?:\d+ )?(?:F\. ?R|Fed\. ?Reg|FR)\b", ref):
        return "FR"
    if re.match(r"Pub(?:\. ?|lic )L", ref):
        return "act"
    if re.search(r" vs?\.? [A-Z]", ref) or re.match(r"(?:In re|Ex parte|(?:In the )?Matter of) ", ref):
        return "case"
    if _OFFICIAL_MANUAL.match(ref):
        return "manual"
    return "arithmetic" if _ARITHMETIC.search(ref) else "standard"


def problem_of(ref: str) -> str | None:
    """What is wrong with the form of a citation; None if nothing is. Books and standards have no form but a length."""
    kind = kind_of(ref)
    if ref != " ".join(ref.split()):
        return "spaces where none belong"
    if "://" in ref or ref.startswith("www."):
        return "an address, which moves: name who says it, the title and the date"
    if kind in _SECTION:
        fits = bool(re.fullmatch(_SECTION[kind], ref)) and _has_title(ref, kind)
    elif kind == "case":
        fits = bool(_CASE.fullmatch(ref))
    elif kind == "manual":
        fits = bool(_MANUAL.fullmatch(ref)) and bool(re.search(r", (?:ch|secs?)\. \d", ref))
    else:
        return None if 8 <= len(ref) <= 200 else "a source needs 8 to 200 characters"
    return None if fits else f"not the form of a citation of this kind ({kind}), such as {_FORM[kind]}"


def is_law(refs: Iterable[str]) -> bool:
    """Whether any of the citations is to law: code, register, act, rule of court, case or official manual."""
    return any(kind_of(ref) in LAW for ref in refs)


def problem_of_search(wanted: str) -> str | None:
    """Why nothing can be looked up by what is `wanted`: nothing, or a code without a section; None if it can."""
    if not wanted.strip():
        return f"name a citation, such as {_FORM['CFR']}"
    asked = _SPLIT.fullmatch(_plain(wanted))
    if not _CODE.search(wanted):
        return None
    if asked and _has_title(asked["section"], asked["code"].upper()):
        return None
    return f"not the form of a citation, such as {_FORM['CFR']}, 45 CFR Part 164 or {_FORM['USC']}"


def covers(wanted: str, ref: str) -> bool:
    """Whether a change of what is `wanted` may concern a citation.

    For CFR and USC, however they are written: the same section, and of it the same paragraph, one inside it or one
    around it; a citation of several paragraphs counts whole. A part covers its sections, and a citation of the part
    is concerned by each of them. Anything else by its first words.
    """
    wanted, ref = _plain(wanted), _plain(ref)
    asked, cited = _SPLIT.match(wanted), _SPLIT.match(ref)
    if not asked or not cited:
        return bool(wanted) and re.match(rf"{re.escape(wanted)}(?!\w)", ref) is not None
    one, other = asked["section"], cited["section"]
    if one != other:
        return other.startswith(one + ".") or one.startswith(other + ".")
    inside = cited["rest"].startswith(asked["rest"]) or asked["rest"].startswith(cited["rest"])
    return inside or not re.fullmatch(_PARAGRAPHS, cited["rest"])


def _has_title(ref: str, code: str) -> bool:
    return 1 <= int(ref.partition(" ")[0]) <= _LAST_TITLE[code] if code in _LAST_TITLE else True


def _plain(ref: str) -> str:
    """A citation in small letters, in which the ways to write a code's section have become one."""
    text = " ".join(ref.replace("–", "-").casefold().split())
    for pattern, plain in _WAYS:
        text = re.sub(pattern, plain, text)
    return text

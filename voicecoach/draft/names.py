"""Names: a line or a list item enters; whether it is, or begins with, an exercise's name leaves."""

from __future__ import annotations

import re

from voicecoach.draft.blocks import Block
from voicecoach.draft.roles import instructs, role
from voicecoach.draft.rules import find_doses


def _words(*lines: str) -> str:
    """A pattern of one of these, which are parted by commas."""
    return "(?:" + "|".join(word.strip() for line in lines for word in line.split(",")) + ")"


_DOES = _words(
    r"(?:starting |start )?position, action, movement, instructions?, method, technique",
    r"how to(?: do(?: it| this)?)?, steps?(?: [0-9]+)?, step-by-step(?: \w+)?, directions?",
    r"what to do, procedure",
)
_PARTS = _words(
    _DOES,
    r"purpose, aim, goal, benefits?, equipment(?: needed)?, tips?, dos(?:e|age), notes?, easier",
    r"progression, variation, harder, (?:main )?muscles?(?: worked)?, hold(?: times?)?, reps?",
    r"page",
    r"repetitions?, repeats?, sets?, frequency, rest, duration, days (?:per|a) week, why, remember",
    r"times?(?: a | per |/| / )(?:day|week), important, nb, caution, warning, how often, how many",
    r"what you need, you will need, breathing cue",
)
_PART = re.compile(_PARTS, re.IGNORECASE)
"""What stands before a colon, or as a heading, within an exercise."""
_LABEL = re.compile(rf"{_DOES}\s?: +(?=[A-Z\"'“])", re.IGNORECASE)
_GREETINGS = r"dear, hi, hello, hey, good (?:morning|afternoon|evening)"
_GREETING = re.compile(rf"{_words(_GREETINGS)}\b", re.IGNORECASE)
_AROUND = re.compile(
    _words(
        r"before you, getting started, introduction, overview, about, why, who, how often, advice",
        r"what (?:is|are|you|to expect), when (?:to|should), precautions?, safety, warnings?",
        r"general, important, cautions?, contact, references?, sources?, further, frequency",
        r"more information, do'?s and don'?ts, tips, contraindications?, equipment, remember",
        r"stay(?:ing)? safe, keep(?:ing)? safe, you will need, red flags, disclaimer, faq, notes?",
        r"benefits",
        r"causes, symptoms",
        r"key points, summary, conclusion, copyright, how (?:do|does|to use|can|long), is it",
        r"should, can i, author, thanks, cheers, best wishes, kind regards, regards",
        _GREETINGS,
    )
    + r"\b",
    re.IGNORECASE,
)
"""How headings begin that name no exercise."""
_NUMBER = re.compile(
    r"(?:(?:exercise|stretch|pose|no\.?)\s*#?[0-9]{1,2}\s*[-.):–—]?"
    r"|#?[0-9]{1,2}\s*(?:[.):]|\s[-–—]))\s*(?=[^\W\d])",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?P<title>[^:.!?;,–—]{2,60}?)(?::| [-–—]+)\s+(?P<rest>\S.*)")
_LEAD_STOP = re.compile(r"(?P<title>[^:.!?;,–—]{2,45})\.\s+(?P<rest>\S.*)")
_DOSED = re.compile(r"(?P<title>[^()]{2,60}?)\s*\((?P<rest>[^()]{1,60})\)\.?")
"""A name, and its dose in brackets: "Pelvic curl (5-8 reps)"."""
_WARNS = re.compile(
    r"(?:.*\b(?:stop|discontinue|avoid|do not|don't|should not|shouldn't|never|call|contact|see"
    r"|seek|speak|ask|get help|tell)\b.*\b(?:if|when|have|had)\b.*"
    r"|when (?:not to|you should not|you shouldn't|to stop|to get|to seek|to call)\b.*)",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?P<title>[^0-9,:;.!?]{3,45}?)(?:,\s+|\s+(?=[0-9]))(?P<rest>\S.*)")
"""Of a list without sentences: "wrist stretch, elbow straight, 30 s x 3"."""
_BIDS = re.compile(
    r"[\w'-]+ (?:your|the|an?|both|each|every|for|it|this|that|up|down|to|in|on|at|with|about"
    r"|\w+ly)\b",
    re.IGNORECASE,
)
"""How a sentence begins that bids rather than names: "lift your leg"."""
_PURPOSE = re.compile(r"(?:to|for) (?P<title>[a-z]+ [^:.]{2,60}):\s*(?P<rest>.*)", re.IGNORECASE)
_AIMS = re.compile(
    r"(?:to (?=(?:stretch|loosen|strengthen|mobili[sz]e|open|release|relax|free|ease|train)\b)"
    r"|for (?=(?:your|the|stronger|tight|stiff|sore)\b))"
    r"(?P<title>[a-z]+ [^,:.]{2,50}),\s+(?P<rest>.*)",
    re.IGNORECASE,
)
"""The same without a colon: "To stretch your calves, lean against a wall"."""
_ORDINALS = r"first(?:ly)?, second(?:ly)?, third(?:ly)?, fourth(?:ly)?, fifth(?:ly)?, last(?:ly)?"
_ORDINAL = re.compile(
    "(?:"
    + _words(_ORDINALS, r"next, then, finally, (?:start|begin|finish|end) with")
    + r"|(?:the )?(?:first|second|third|fourth|next|last|final) (?:exercise |stretch |one )?is)"
    r"[,:]? (?:there is |comes |is )?(?:the |a |an )?"
    r"(?P<title>[a-z][^:.!?;,]{2,45})[.:]\s+(?P<rest>\S.*)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all (?:of )?(?:the |these |your )?(?:above |following )?"
    r"(?:exercises|stretches|movements|poses)"
    r"|(?:these|the) (?:exercises|stretches|poses)"
    r"|(?:each|every) (?:exercise|stretch|step|pose|movement)"
    r"|whole (?:programme|program|routine|set))\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(?:each|every) (?:exercise|stretch|pose|movement)\b", re.IGNORECASE)


def about_all(text: str) -> bool:
    """Whether a sentence speaks of every exercise, rather than the one it stands under."""
    return bool(_ALL.search(text))


def about_each(text: str) -> bool:
    """Whether a sentence speaks of each of the items above it: "repeat each movement"."""
    return bool(_EACH.search(text))


def greets(text: str) -> bool:
    """Whether a line is an e-mail's first."""
    return bool(_GREETING.match(text))


def leads_in_warnings(text: str, *, heading: bool) -> bool:
    """Whether a list of reasons to stop follows: "Do not exercise if:"."""
    return (heading or text.endswith(":")) and bool(_WARNS.fullmatch(text[:200]))


def names_part(text: str) -> bool:
    """Whether a heading names a part of the exercise above it: its dose, its starting position."""
    return bool(_PART.fullmatch(text.strip(": ")))


def names_surroundings(text: str) -> bool:
    """Whether a heading names what is no exercise: precautions, contacts."""
    return bool(_AROUND.match(text))


def without_label(text: str) -> str:
    """A sentence without the label before it, where that is no dose.

    >>> without_label("Starting position: Lie down."), without_label("Hold: 5 seconds")
    ('Lie down.', 'Hold: 5 seconds')
    """
    label = _LABEL.match(text)
    return text[label.end() :] if label and not find_doses(text[:300]).doses else text


def titlelike(text: str) -> bool:
    """Whether a short line may be a name rather than a sentence.

    >>> titlelike("Knee to chest"), titlelike("Hold for 5 seconds"), titlelike("Lie down.")
    (True, False, False)
    """
    if len(text) > 64 or not 1 <= len(text.split()) <= 9 or not re.search(r"[^\W\d_]{2}", text):
        return False
    if text[-1] in ".?!;," or ":" in text or names_part(text):
        return False
    found = find_doses(text)
    return not (found.doses or found.a_day or found.only)


def unnumbered(text: str) -> str:
    """A heading without its number.

    >>> unnumbered("Exercise 3 – Bridge"), unnumbered("3 exercises")
    ('Bridge', '3 exercises')
    """
    number = _NUMBER.match(text)
    return text[number.end() if number else 0 :].strip(" :–—-*") or text


def split_item(block: Block) -> tuple[str, str]:
    """An item's name and the rest of it, or "" and all of it: "Clams – lie on your side"."""
    if block.title:
        return block.title, block.text
    number = _NUMBER.match(block.text)
    text = block.text[number.end() if number else 0 :]
    name, dose = split_dose(text)
    if dose:
        return name, dose
    if (match := _PURPOSE.fullmatch(text)) and _names(match["title"]):
        return match["title"], match["rest"]
    if (match := _LEAD.fullmatch(text)) and _names(match["title"]):
        return match["title"].strip(), match["rest"]
    if block.kind in ("numbered", "bullet") and (match := _LEAD_STOP.fullmatch(text)):
        title = match["title"].lower()
        if _names(match["title"]) and not (instructs(title) and re.search(r"\byour\b", title)):
            return match["title"].strip(), match["rest"]
    if block.kind in ("numbered", "bullet") and (match := _LISTED.fullmatch(text)):
        title, rest = match["title"], match["rest"]
        if " " in title and _names(title) and not _BIDS.match(title) and find_doses(rest).doses:
            return title, rest
    return "", text


def split_dose(text: str) -> tuple[str, str]:
    """A name and the dose in brackets behind it, or all of it and ""."""
    match = _DOSED.fullmatch(text)
    if match and titlelike(match["title"]) and find_doses(match["rest"]).only:
        return match["title"], match["rest"]
    return text, ""


def split_prose(text: str) -> tuple[str, str]:
    """As split_item, of a paragraph: "First, the bridge. …", "To stretch your calves, …"."""
    if match := _ORDINAL.fullmatch(text):
        return match["title"], match["rest"]
    match = _AIMS.fullmatch(text)
    if match and instructs(match["rest"].lower()) and find_doses(match["rest"][:600]).doses:
        return match["title"], match["rest"]
    return "", text


def beginning(text: str) -> str:
    """The first words of a sentence, for an exercise that has no name."""
    clause = re.split(r"[,.;:!?(]|\s[-–—]\s|\s(?:and|while|until|then|so|as|with)\s", text)[0]
    return " ".join(clause.split()[:7])


def _names(title: str) -> bool:
    if len(title.split()) > 6 or not titlelike(title) or names_surroundings(title):
        return False
    return role(title, inside=False) != "caution"

"""Roles: a sentence of an article enters; whether it instructs, cautions or only informs leaves."""

from __future__ import annotations

import re
from typing import Literal

from voicecoach.draft.blocks import words

Role = Literal["instruction", "feel", "return", "caution", "inform"]
"""feel: what is to be felt; return: how to come back from a position."""

_VERBS = words(
    """adopt aim alternate arch arrange avoid balance begin bend blow bounce brace breathe bring
    change check chew circle clasp clench climb close come continue cross cup curl dig do
    don't drag draw drive drop ease engage ensure exhale expand extend face feel find finish
    fix flatten flex float focus fold follow form frown gaze gently get give glide go grab
    grasp grip hang have hinge hold hook hop hover hug imagine inhale interlace interlock jog
    join jump keep kick kneel lace lead lean leave lengthen let lie lift link look loop loosen
    lower lunge make march massage move nestle nod notice only open paddle pause place plant
    point practice practise press prop puff pull purse push put raise reach read relax release
    remain remember repeat rest return ring rise rock roll rotate round rub scoot screw
    scrunch set shake shift shrug sink sit skip slide slouch smile spread squat squeeze stack
    stand start stay step stop straighten stretch support swallow swap sway swing switch take
    tap tense throw tie tighten tilt tip touch trace try tuck turn twist use walk warm wear
    wiggle work wrap wring wrinkle write"""
)
_VAGUE = words("do feel get have make want")
"""What people can or should do without being told to: "you can do these at home"."""

_FIRST = (
    r"(?:(?:then|now|next|first|second|third|finally|lastly|and|also|again|slowly|gently|carefully"
    r"|softly|lightly|still|please|to begin|to start|from here|this time|once there|\w+ly),? )*"
)
_SKIPPED = re.compile(_FIRST)
_PHRASE = re.compile(
    r"(?:for (?:this|that)|in this position|from (?:here|this|there|the)\b[^,]{0,40}|as you|while"
    r"|when|once|with|without|on|in|after|before|lying|sitting|standing|kneeling|keeping|using"
    r"|holding|leaning|starting|if you)\b[^,]{0,80},\s+"
)
"""What may stand before a verb that tells what to do: "lying on your back, bend"."""
_YOU = re.compile(
    r"\byou(?:'ll| will| can| could| should| may| might| must| need| want| have| are going)*"
    r"(?: to| need to| also| now| then)* (\w+)"
)
_THIRD = re.compile(
    r"(?:this|these|those|it|its|they|another|many|most|some|there|here|all|an?|no|the|we|our"
    r"|people|one|happily|but|so)\b"
)
"""How sentences begin that inform."""
_FINITE = re.compile(r"\b(?:is|are|was|were|will|can|may|helps?|has|have|should|makes?|does)\b")
_LABELLED = re.compile(
    r"(?:hold|rest|reps|sets|frequency|purpose|aim|goal|benefits?|days per week"
    r"|equipment(?: needed)?|(?:main )?muscles?(?: worked)?)\s?:"
)
_CLAUSE = re.compile(
    r"(?:[,;:]| [-–—]|\bthen|\band)\s+(?:then |and |slowly |gently |now )*([a-z']+)"
)
_FEEL = re.compile(
    r"\bfeel\w*\b.{0,60}\b(?:stretch|pull|tension|muscles?|ribs|warmth|open)"
    r"|\bstretch (?:is|will be) felt"
)
_RETURN = re.compile(
    r"(?:(?:then|now|and|slowly|gently|finally|to finish|as you breathe in),? )*"
    r"(?:return|come (?:back|up|out)|lower (?:it|them|your|the|yourself|slowly)"
    r"|bring (?:\w+ ){1,4}back|let go|release|relax|slide (?:it|them) back"
    r"|straighten (?:up|again)|rise|roll back|go back|uncurl)\b"
    r"|.*\bbefore you repeat\b"
)

_BODY = (
    r"\b(?:pain\w*|hurt\w*|dizz\w+|numb\w*|tingl\w+|pins and needles|breathless\w*|faint\w*"
    r"|swell\w*|swollen|bleed\w*|worse\w*|headache|sore\w*|ach\w+|symptom\w*|lock\w*|gives way"
    r"|chest|nause\w+|sick|hot|weak\w*|unwell|discomfort|pregnan\w+|osteopor\w+|slipped disc"
    r"|replace\w*|surgery|operation|injur\w+|blood pressure|glaucoma|bladder|circulation"
    r"|condition|fracture\w*|infection|fever|palpitations"
    r"|light-?headed|short of breath|redness|wound|unsteady|unwell|fallen|complain\w*|stiffer)\b"
)
_WHO = (
    r"\b(?:doctors?|gp|physio\w*|therapists?|midwife|provider|surgeon|nurse|clinic|ward|team"
    r"|hospital|us|me|ambulance|maternity unit|999|911|111|medical (?:advice|help)|help|advice)\b"
)
_HEED = (
    r"\b(?:stop|ease|reduce|rest|call|see|ask|tell|contact|seek|leave|speak|talk|ring|avoid|don't"
    r"|do not|use|cut|drop|try|give|cross|lie|sit|come|force)\b"
)
_LEAVE = (
    r"\b(?:stop|discontinue|avoid|ease off|leave out|skip|miss out|don't|do not|never|take care"
    r"|careful|reduce|take your time)\b"
)
_CAUTIONS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:caution|warning|important|note|safety|precautions?)\s?:.*"
        r"\b(?:stop|not|don't|avoid|never|if|only)\b",
        rf"\b(?:if|as soon as|when(?:ever)?|should)\b[^.]{{0,60}}{_BODY}.*{_HEED}",
        rf"{_LEAVE}.*\b(?:if|when|where|until|that|for)\b.*{_BODY}",
        r"\b(?:see|ask|call|contact|speak to|talk to|consult|tell|ring|check with|get|seek|give"
        r"|dial|phone|text|e-?mail|message|report to)\b"
        rf"[^.]{{0,30}}{_WHO}",
        r"\b(?:great|extreme|particular|due) (?:caution|care)\b|\bwith caution\b",
        r"\btake (?:great |special |extra )?care\b|\b(?:be|very) careful\b",
        rf"\b(?:must|should)(?: not|n't)\b.*{_BODY}",
        r"\bpain\b.*\b(?:should|must|below|above|more than|less than|out of)\b.*"
        r"\b(?:stay|reduce|means|[0-9])",
        r"\b(?:should|must) (?:leave out|skip|avoid|not)\b",
        r"\bstop\b.*\b(?:exercis\w+|stretch\w*|at once|immediately|straight away)\b",
        rf"\bturns? into\b.*{_BODY}",
        r"\bstop\b.{0,20}\b(?:if|when|as soon as)\b",
        rf"\bif you(?:'ve| have)\b(?: had| got)? .*{_HEED}",
        r"\bnone of (?:this|these|it|them)\b.*\bshould (?:hurt|be painful)\b",
        r"\bwithout asking\b|\bnot (?:be )?(?:suitable|safe|recommended)\b",
    )
)
_FORBIDS = re.compile(
    r"(?:^|,\s*and |^please |^but |^and |^always )(?:do not|don't|never|avoid|you must not"
    r"|you should not|you shouldn't|no \w+(?:ing\b|\b.*\b(?:until|yet)\b))\b|,\s*(?:don't|do not) "
)
_CALMS = re.compile(r"\b(?:nothing to worry|is normal|are normal|is fine\.?$|safe for most)\b")


def role(sentence: str, *, inside: bool) -> Role:
    """What a sentence does. `inside` an exercise, "don't" tells how; elsewhere it warns.

    >>> role("Stop if it hurts.", inside=True), role("Don't arch your back.", inside=True)
    ('caution', 'instruction')
    """
    text = " ".join(sentence.lower().replace("’", "'").split()).lstrip("\"'“*•- ")
    if _cautions(text, inside=inside):
        return "caution"
    if _FEEL.search(text):
        return "feel"
    if _RETURN.match(text):
        return "return"
    return "instruction" if instructs(text, fragments=inside) else "inform"


def _cautions(text: str, *, inside: bool) -> bool:
    if _CALMS.search(text) and not re.search(r"\b(?:but|stop)\b", text):
        return False
    if not inside and _FORBIDS.search(text):
        return True
    return any(pattern.search(text) for pattern in _CAUTIONS)


def instructs(text: str, *, fragments: bool = True) -> bool:
    """Whether a sentence, in small letters, tells somebody to do something; with `fragments`, too,
    whether it may: "back straight, shoulders loose".

    >>> instructs("then, take a step back"), instructs("you can lie back"), instructs("it helps")
    (True, True, False)
    """
    if _LABELLED.match(text):
        return False
    rest = _after(_SKIPPED, text)
    while True:
        first = re.match(r"[a-z']+", rest)
        if first and first[0] in _VERBS:
            return True
        shorter = _after(_SKIPPED, _after(_PHRASE, rest))
        if shorter == rest:
            break
        rest = shorter
    asked = any(match[1] in _VERBS - _VAGUE for match in _YOU.finditer(text))
    if asked and not text.startswith(("this", "these", "it ")):
        return True
    if not fragments or _THIRD.match(rest):
        return False
    clause = _CLAUSE.search(rest)
    if re.search(r"\byour\b", rest) or (clause and clause[1] in _VERBS):
        return True
    return not _FINITE.search(rest) and 1 < len(rest.split()) <= 9


def _after(pattern: re.Pattern[str], text: str) -> str:
    """The text behind what the pattern matches at its start, if it does."""
    match = pattern.match(text)
    return text[match.end() :] if match else text

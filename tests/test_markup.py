"""Markup: whatever is written, what is spoken are words, and nothing silly."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.script.markup import (
    LONGEST_UTTERANCE,
    MARK,
    clean,
    plain,
    sentences,
    speakable,
    unmarked,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Lie down.", "Lie down."),
        ("a\tb", "a\tb"),
        ("e\u0301cole", "école"),
        ("n\u0303andu\u0301", "ñandú"),
        ("a\x07b\x1bc\x7fd\x85e", "a b c d e"),
        ("\u202ea\u202c\u2066b\u2069\u200ec\u200f", " a  b  c "),
        ("\ufeffa\u200bb\u2060c", " a b c"),
        ("a\ud800b\udfffc", "a b c"),
        ("\ud83e\uddd8", " "),  # one emoji in two halves
        ("🧘", " "),
        ("🧘‍♀️ Go", "     Go"),
        ("❤️ 👍🏽 🇩🇪", "        "),
        ("1️⃣ Lie down", "1   Lie down"),
        ("→ up ✓ ■ ●", "  up      "),
        ("\ue000\uf8ff\U000f0000", "   "),
        ("\ufdd0\U0001ffff\u0378", "   "),
        ("−5 °C ≥ 3 × 2 ± 1 ≈ ½", "−5 °C ≥ 3 × 2 ± 1 ≈ ½"),
        ("€5 ™ © § • … “q” ‘s’ — –", "€5 ™ © § • … “q” ‘s’ — –"),
        ("שלום", "שלום"),
        ("مي‌خواهم", "مي‌خواهم"),
        ("क्‍ष", "क्‍ष"),
        ("exer\u00adcise", "exer\u00adcise"),
        ("日本語。", "日本語。"),
        ("ไทย", "ไทย"),
    ],
)
def test_what_can_not_be_spoken_is_a_space(text: str, cleaned: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", cleaned)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Lie down.", "Lie down."),
        ("On your mat  . Go  !", "On your mat. Go!"),
        ("Prêt ? Allez !", "Prêt ? Allez !"),
        ("  a \t b  ", "a b"),
        ("*a* _b_ **c** __d__ ***e*** ~~f~~ `g` ``h``", "a b c d e f g h"),
        ("wo**rd**s", "words"),
        ("**A whole. Two sentences.**", "A whole. Two sentences."),
        ("**never closed", "never closed"),
        ("a * b", "a b"),
        ("snake_case_word", "snake case word"),
        ("3 * 10 reps, 2*5 reps", "3 × 10 reps, 2 × 5 reps"),
        ("2*3*4", "2 × 3 × 4"),
        ("\\*a\\* \\# \\_b\\_ 1\\. \\(c\\)", "a b 1. (c)"),
        ("a\\\nb", "a b"),
        ("a  \nb", "a b"),
        ("[a](https://x.org)", "a"),
        ("[a b](x.html 'title') [c](<d e> \"t\") [f]()", "a b c f"),
        ("[a](https://x.org/y_(z)_w)", "a"),
        ("[*a*](x) **[b](y)**", "a b"),
        ("[a][ref] [b][]", "a b"),
        ("![a photo](x.jpg)", "a photo"),
        ("![](x.jpg)", ""),
        ("[![a badge](x.svg)](https://x.org)", "a badge"),
        ("[both] sides, [left] or [right]", "[both] sides, [left] or [right]"),
        ("[pause](or go on)", "[pause](or go on)"),
        ("\\[a](b)", "[a](b)"),
        ("a[^1] b[^note].", "a b."),
        ("See https://x.org/a?b=c&d=e#f. Then go.", "See. Then go."),
        ("See https://x.org, or HTTP://Y.ORG/ (www.z.org).", "See, or ()."),
        ("<https://x.org> ftp://x.org file:///x", ""),
        ("www.x.org", ""),
        ("https://", "https://"),
        ("jane@x.org, <jim@x.org>", "jane@x.org, jim@x.org"),
        ("H<sub>2</sub>O<br>a<br/>b", "H 2 O a b"),
        ("<div class='x'>a</div>", "a"),
        ("<!DOCTYPE html>a<?b?>", "a"),
        ("5 < 6 > 4 and a<5", "5 < 6 > 4 and a<5"),
        ("AT&amp;T &lt;b&gt; &copy; &#65;&#x42; &nbsp; 1 &frac12;", "AT&T <b> © AB 1 ½"),
        (
            "R&D, salt & pepper, &nothing; &; &#; &copy",
            "R&D, salt & pepper, &nothing; &; &#; &copy",
        ),
        ("&#xE000;&#0;&#x202E;&#xD800;&#9999999;&#x1F600;a&#10;b", "a b"),
        ("a | b^2^", "a b 2"),
        ("a --- b === c -- d", "a b c -- d"),
        ("#backpain ## a #1", "backpain a #1"),
        ("C:\\dir", "C:\\dir"),
        ("(or as far as you can)", "(or as far as you can)"),
        ("{side}", "{side}"),
    ],
)
def test_marks_are_not_spoken(text: str, spoken: str) -> None:
    assert plain(text) == spoken


SILLY = re.compile(r"[*`|^_~]{2}|[*`|^_]|https?://\w|www\.\w|[\ue000-\uf8ff]|={3}|-{3}")
MARKUP = st.lists(
    st.sampled_from(
        [
            *("*", "**", "_", "`", "[", "]", "(", ")", "![", "](", "<", ">", "</", "\\", "!"),
            *("http://", "https://x.y", "www.", "a", "B", "3", " ", "  ", "\n", ".", '"', "'"),
            *("~~", "|", "^", "#", "---", "===", "[^", "<a ", "@", "é", "\u200d", "{side}"),
        ]
    )
).map("".join)


@given(MARKUP | st.text())
def test_nothing_silly_is_left(text: str) -> None:
    spoken = plain(clean(text.replace("&", " ")))
    assert not SILLY.search(spoken)
    assert spoken == " ".join(spoken.split())


@given(st.lists(MARKUP))
def test_every_stage_directions_place_is_kept(texts: list[str]) -> None:
    assert unmarked(MARK.join(texts)).count(MARK) == len(texts[1:])


@given(st.text(st.sampled_from("&#x0123456789abcdefE;lt gam<*"), max_size=40) | st.text())
def test_entities_bring_in_nothing_that_cleaning_took_out(text: str) -> None:
    spoken = plain(clean(text))
    assert all(unicodedata.category(c) not in ("Cc", "Co", "Cs", "Cn") for c in spoken)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()


def test_speakable() -> None:
    assert speakable("a")
    assert speakable("… 3")
    assert speakable("あ")
    assert not speakable("")
    assert not speakable("… – ! { }")


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Lie down. Breathe in! Ready? Go.", "en", ["Lie down.", "Breathe in!", "Ready?", "Go."]),
        ("See Dr. Smith. Go.", "en", ["See Dr. Smith.", "Go."]),
        ("Rise 2.5 cm up. Go.", "en", ["Rise 2.5 cm up.", "Go."]),
        ("¿Listo? Vamos.", "es", ["¿Listo?", "Vamos."]),
        ("... ! Go. —", "en", ["Go."]),
        ("", "en", []),
        ("!?", "en", []),
    ],
)
def test_sentences(text: str, language: str, said: list[str]) -> None:
    assert sentences(text, language) == said


def test_a_long_sentence_is_spoken_in_pieces() -> None:
    text = ", ".join(["slowly lower your head"] * 40) + "."
    said = sentences(text, "en")
    assert len(said) == 4
    assert all(piece.endswith("head,") for piece in said[:-1]), "cut where one breathes"
    assert " ".join(said) == text
    for mark in ("; ", ": ", "、"):
        one, other = sentences("slowly " * 30 + f"down{mark}" + "gently " * 30, "en")
        assert one.endswith(f"down{mark.strip()}")
        assert other.startswith("gently")
    said = sentences("slowly " * 100, "en")
    assert {word for piece in said for word in piece.split()} == {"slowly"}
    assert sentences("x" * 700, "en") == ["x" * 300, "x" * 300, "x" * 100]


@given(st.text(max_size=60), st.integers(1, 200), st.sampled_from(["en", "de", "es", "fr"]))
def test_every_word_is_in_one_sentence(text: str, times: int, language: str) -> None:
    said = sentences(text * times, language)
    assert all(piece == piece.strip() and speakable(piece) for piece in said)
    assert all(len(piece) <= LONGEST_UTTERANCE for piece in said)
    words = [c for c in text * times if c.isalnum()]
    assert [c for piece in said for c in piece if c.isalnum()] == words


def test_sentences_of_a_long_paragraph_are_the_same() -> None:
    one = "Lie down. Breathe in — and “out”. Ready? "
    assert sentences(one * 500, "en") == sentences(one, "en") * 500

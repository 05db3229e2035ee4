"""Pages: HTML enters, its blocks leave. Its tags are read in a row, so no depth can be too deep."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from voicecoach.draft.blocks import Block, Kind, led, names, row_blocks, tidy
from voicecoach.errors import DraftError

MOST_BLOCKS = 20_000
_HIDDEN = {"script", "style", "template", "noscript", "svg", "math", "select", "textarea", "button"}
_AROUND = {"nav", "footer", "aside"}
"""What stands around an article, rather than in it."""
_ARTICLE = {"main", "article"}
_BREAKS = {
    *("p", "div", "section", "article", "main", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre"),
    *("table", "thead", "tbody", "figure", "figcaption", "hr", "details", "summary", "address"),
}
_DECLARATION = re.compile(
    r"<!(?!--|doctype\b)(?:\[[^\]<>]{0,80}\]>|[a-z]{2,20}\b[^<>]{0,200}>)?", re.IGNORECASE
)
"""What word processors mark their pages with, and at which the parser may give up."""
_BOLD = {"b", "strong"}


def read_page(text: str) -> list[Block]:
    """The blocks of a web page: the article's, where the page marks it."""
    page = _Page()
    try:
        page.feed(_ended(_DECLARATION.sub(" ", text)))
        page.close()
    except AssertionError:  # what the parser makes of some damage
        raise DraftError("the page is damaged") from None
    page.flush()
    return page.article or page.blocks


def _ended(text: str) -> str:
    """A page without beginnings of comments and tags that never end: the parser would look for each
    one's end through all that follows.
    """
    for begin, end in (("<!--", "-->"), ("<", ">")):
        last = text.rfind(end) + 1
        text = text[:last] + text[last:].replace(begin, begin.replace("<", "&lt;"))
    return text


class _Page(HTMLParser):
    """Gathers blocks as tags come by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.article: list[Block] = []
        """Those of them that stand in what the page marks as its article."""
        self.inside = 0
        """How many tags of that mark are open."""
        self.words: list[str] = []
        self.kind: Kind = "text"
        self.level = 0
        self.line = 1
        self.gap = True
        self.lists: list[Kind] = []
        self.skipped: list[str] = []
        """The tags within which nothing is read, innermost last."""
        self.bold = self.plain = self.lead = 0
        """How many bold tags are open; how many characters of the line are not bold; how many
        pieces at its start are."""
        self.header: list[str] = []
        self.row: list[str] | None = None
        self.cell = False
        self.heads = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if self.skipped or tag in _HIDDEN or tag in _AROUND or tag == "title":
            if tag in _HIDDEN or tag in _AROUND or tag == "title":
                self.flush()
                self.skipped = [*self.skipped[-50:], tag]
            return
        if self.row is not None and tag not in ("tr", "td", "th", "table"):
            self.words.append(" ")
        elif tag == "br":
            self.flush()
            self.gap = False
        elif tag in _BOLD:
            self.bold += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.flush()
            self.kind, self.level = "heading", int(tag[1])
        elif tag == "li":
            self.flush()
            self.kind = self.lists[-1] if self.lists else "bullet"
        elif tag in _BREAKS:
            self.flush()
            self.inside += tag in _ARTICLE
            if tag in ("ul", "ol"):
                self.lists = [*self.lists[-50:], "bullet" if tag == "ul" else "numbered"]
            elif tag == "table":
                self.header = []
        elif tag == "tr":
            self._end_row()
            self.flush()
            self.row, self.heads = [], 0
        elif tag in ("td", "th"):
            self._cell()
            self.cell = True
            self.heads += tag == "th"

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag in self.skipped:
                while self.skipped.pop() != tag:
                    pass
            return
        if self.row is not None and tag not in ("tr", "td", "th", "table"):
            return
        if tag in _BOLD:
            self.bold = max(self.bold - 1, 0)
            if not self.plain and not self.lead:
                self.lead = len(self.words)
        elif tag in ("ul", "ol"):
            self.flush()
            self.lists = self.lists[:-1]
        elif tag in ("tr", "table") and self.row is not None:
            self._end_row()
        elif tag in _BREAKS or tag == "li" or re.fullmatch(r"h[1-6]", tag):
            self.flush()
            self.inside = max(self.inside - (tag in _ARTICLE), 0)

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if not self.words:
            self.line = self.getpos()[0]
        self.words.append(data)
        if not self.bold:
            self.plain += len(data.strip())

    def flush(self) -> None:
        """The block that was being read ends here."""
        bold, rest = "".join(self.words[: self.lead]), "".join(self.words[self.lead :])
        said, self.words, self.lead = tidy(led(bold, rest) if self.lead else rest), [], 0
        headed = not self.plain and names(said)
        self.plain = 0
        kind, level, gap = self.kind, self.level, self.gap
        if not said:
            self.gap = True
            return
        self.kind, self.level, self.gap = "text", 0, True
        if kind == "text" and headed:
            kind, level = "heading", 7
        self._add([Block(kind, said, self._place(), level, gap)])

    def _add(self, blocks: list[Block]) -> None:
        self.blocks += blocks
        if self.inside:
            self.article += blocks
        if len(self.blocks) > MOST_BLOCKS:
            raise DraftError("the page holds too many pieces; give the part with the exercises")

    def _end_row(self) -> None:
        """The row that was being read, if one was, ends here: its tag may be left out."""
        self._cell()
        row, self.row = self.row, None
        if row and self.heads == len(row):
            self.header = row
        elif row:
            self._add(row_blocks(self.header, row, self._place()))

    def _cell(self) -> None:
        """The cell that was being read, if one was, ends here."""
        if self.row is None:
            return
        if self.cell:
            self.row.append(tidy("".join(self.words)))
        self.words, self.plain, self.lead, self.cell = [], 0, 0, False

    def _place(self) -> str:
        return f"line {self.line}"

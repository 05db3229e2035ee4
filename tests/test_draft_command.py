"""`voicecoach draft`, as a user meets it: files, pipes, refusals, and a base install."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.handouts import ARTICLE
from voicecoach.cli import run
from voicecoach.draft import draft_script
from voicecoach.errors import EXIT_DONE, EXIT_UNAVAILABLE, EXIT_USER

HANDOUT = "Bridge\nLie on your back and lift your hips. Hold for 5 seconds, 10 times.\n"


def test_a_script_is_written_and_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "back.md"
    assert run(["draft", str(ARTICLE), "-o", str(script)]) == EXIT_DONE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert (
        script.read_text(encoding="utf-8") == draft_script(ARTICLE.read_bytes(), ARTICLE.name).text
    )
    assert "3 exercises, 2 cautions; of the doses, 1 read and 8 assumed." in printed.err
    assert f"voicecoach check {script}" in printed.err


def test_a_file_that_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "back.md"
    script.write_text("mine")
    assert run(["draft", str(ARTICLE), "-o", str(script)]) == EXIT_USER
    assert "replace it with --force" in capsys.readouterr().err
    assert script.read_text() == "mine"
    assert run(["draft", str(ARTICLE), "-o", str(script), "--force"]) == EXIT_DONE
    assert script.read_text(encoding="utf-8").startswith("# 3 exercises")


def test_no_force_replaces_the_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = tmp_path / "back.md"
    article.write_bytes(ARTICLE.read_bytes())
    assert run(["draft", str(article), "-o", str(tmp_path / "back"), "--force"]) == EXIT_USER
    told = f"{article} is what the script is made of; name another file"
    assert told in capsys.readouterr().err
    assert article.read_bytes() == ARTICLE.read_bytes()


def test_a_pasted_handout_is_printed_as_a_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HANDOUT.encode())))
    assert run(["draft"]) == EXIT_DONE
    printed = capsys.readouterr()
    assert printed.out == draft_script(HANDOUT.encode(), "standard input").text
    assert "hold 5s, 10 times" in printed.out
    assert "Look at this: it has no caution; say when to stop." in printed.err


def test_an_article_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["draft", "no-such.txt"]) == EXIT_USER
    assert 'no article "no-such.txt"; it can\'t be read: No such' in capsys.readouterr().err


def test_an_article_that_gives_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = tmp_path / "hours.txt"
    article.write_text("We are open on Mondays.\n")
    script = tmp_path / "hours.md"
    assert run(["draft", str(article), "-o", str(script)]) == EXIT_USER
    assert "hours.txt: no exercise is found in it" in capsys.readouterr().err
    assert not script.exists()


@pytest.mark.parametrize(("start", "what"), [(b"%PDF-1.7\n", "PDF"), (b"PK\x03\x04", ".docx")])
def test_without_the_extra_it_says_which(tmp_path: Path, start: bytes, what: str) -> None:
    from zipfile import ZipFile

    article = tmp_path / "handout"
    article.write_bytes(start)
    if what == ".docx":
        with ZipFile(article, "w") as parts:
            parts.writestr("word/document.xml", "<w/>")
    program = (
        "import sys; sys.modules['pypdfium2'] = sys.modules['docx'] = None;"
        f"from voicecoach.cli import run; sys.exit(run(['draft', {str(article)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == EXIT_UNAVAILABLE
    assert f"reading a {what} needs the extra" in done.stderr
    assert "voicecoach[draft]" in done.stderr


def test_plain_text_takes_no_extra(tmp_path: Path) -> None:
    article = tmp_path / "handout.txt"
    article.write_text(HANDOUT)
    program = (
        "import sys; from voicecoach.cli import run; run(['draft', sys.argv[1]]);"
        "heavy = {'pypdfium2', 'docx', 'lxml', 'markdown_it', 'numpy', 'av'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    arguments = [sys.executable, "-c", program, str(article)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "## Bridge" in done.stdout

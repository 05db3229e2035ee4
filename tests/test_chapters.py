"""Chapter files, as they are found by those who read them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from deflacue.parser import CueData, CueParser
from hypothesis import given

from tests.exports import material
from tests.routines import FEWER
from tests.timelines import one_line, timelines
from voicecoach.errors import ExportError
from voicecoach.export.chapters import SheetFile, cue_sheet, podcast_chapters, track_sheet
from voicecoach.export.details import Details, plan_details
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import DAY_SECONDS, RATE, Frames

CD_RATE = 44_100
TIMELINE = Timeline(
    "Ease your back",
    "en",
    Frames(10 * RATE),
    (
        Chapter("Hip", Frames(2 * RATE + 7), Frames(5 * RATE)),
        Chapter('Neck "links"', Frames(5 * RATE), Frames(9 * RATE)),
    ),
    (),
)


def read(sheet: str) -> CueData:
    return CueParser([line.strip() for line in sheet.splitlines()]).run()


def begins(cue: CueData) -> list[tuple[str, int]]:
    """Titles, and where they begin in 1/75 s."""
    return [(track.title, track.start * 75 // CD_RATE) for track in cue.tracks]


# --- JSON chapters


def test_json_chapters_are_of_version_1_2_0() -> None:
    document = json.loads(podcast_chapters(material(TIMELINE, ()), "back.mp3"))
    assert document == {
        "version": "1.2.0",
        "title": "Ease your back",
        "author": "voicecoach",
        "fileName": "back.mp3",
        "chapters": [
            {"startTime": 0.0, "endTime": 2.000146, "title": "Ease your back", "toc": True},
            {"startTime": 2.000146, "endTime": 5.0, "title": "Hip", "toc": True},
            {"startTime": 5.0, "endTime": 9.0, "title": 'Neck "links"', "toc": True},
        ],
    }


def test_no_file_is_named_where_none_is_known() -> None:
    assert "fileName" not in json.loads(podcast_chapters(material(TIMELINE, ())))


@given(timelines())
def test_json_chapters_are_exact_to_the_frame(timeline: Timeline) -> None:
    document = json.loads(podcast_chapters(material(timeline, ())))
    found = document["chapters"][-len(timeline.chapters) :]
    assert [
        (one["title"], round(one["startTime"] * RATE), round(one["endTime"] * RATE))
        for one in found
    ] == [(one_line(c.title), c.start, c.end) for c in timeline.chapters]
    assert document["chapters"][0]["startTime"] == 0
    starts = [one["startTime"] for one in document["chapters"]]
    assert starts == sorted(starts)


# --- cue sheets


def test_the_sheet_of_a_whole_track() -> None:
    given = material(TIMELINE, ())
    details = replace(given.details, date="2026-01-31", artist="A.")
    assert track_sheet(replace(given, details=details), "back.flac") == (
        'REM GENRE "Speech"\n'
        'REM DATE "2026-01-31"\n'
        'PERFORMER "A."\n'
        'TITLE "Ease your back"\n'
        'FILE "back.flac" WAVE\n'
        "  TRACK 01 AUDIO\n"
        '    TITLE "Ease your back"\n'
        "    INDEX 01 00:00:00\n"
        "  TRACK 02 AUDIO\n"
        '    TITLE "Hip"\n'
        "    INDEX 01 00:02:00\n"
        "  TRACK 03 AUDIO\n"
        "    TITLE \"Neck 'links'\"\n"
        "    INDEX 01 00:05:00\n"
    )


def test_a_track_begins_no_later_than_its_first_word() -> None:
    sector = RATE // 75
    for start, index in [(sector - 1, "00"), (sector, "01"), (75 * sector - 1, "74")]:
        sheet = cue_sheet(Details("T", "en"), [SheetFile("a.wav", [("T", Frames(start))])])
        assert f"INDEX 01 00:00:{index}\n" in sheet


@FEWER
@given(timelines())
def test_a_sheet_says_where_each_chapter_begins_whatever_its_title(timeline: Timeline) -> None:
    cue = read(track_sheet(material(timeline, ()), "a b.mp3"))
    (file,) = cue.files
    assert (str(file.path), file.type) == ("a b.mp3", "MP3")
    assert cue.meta.data["ALBUM"] == as_quoted(timeline.title)
    due = [(as_quoted(c.title), c.start * 75 // RATE) for c in timeline.chapters]
    found = begins(cue)
    assert found[-len(due) :] == due
    assert found[0][1] == 0
    assert len(found) - len(due) == (timeline.chapters[0].start > 0)


def as_quoted(text: str) -> str:
    return one_line(text).replace('"', "'")


def test_without_chapters_the_whole_is_one_track() -> None:
    cue = read(track_sheet(material(replace(TIMELINE, chapters=()), ()), "a.opus"))
    assert begins(cue) == [("Ease your back", 0)]
    assert cue.files[0].type == "WAVE"


def test_a_sheet_of_many_files_numbers_their_tracks() -> None:
    names = ["01 Hip.flac", "02 Neck.flac", "03 Finish.flac"]
    files = [SheetFile(name, [(name[3:-5], Frames(0))]) for name in names]
    cue = read(cue_sheet(plan_details(TIMELINE), files))
    assert [str(file.path) for file in cue.files] == names
    assert [[track.title for track in file.tracks] for file in cue.files] == [
        ["Hip"], ["Neck"], ["Finish"]
    ]  # fmt: skip
    assert [track.num for track in cue.tracks] == [1, 2, 3]


def test_sheets_go_on_behind_what_a_cd_holds() -> None:
    start = Frames((DAY_SECONDS - 1) * RATE)
    tracks = [("T", Frames(0))] * 100 + [("Last", start)]
    sheet = cue_sheet(Details("T", "en"), [SheetFile("a.wav", tracks)])
    assert "  TRACK 101 AUDIO\n" in sheet
    assert sheet.endswith("    INDEX 01 1439:59:00\n")
    assert begins(read(sheet))[-1] == ("Last", (DAY_SECONDS - 1) * 75)


@pytest.mark.parametrize("name", ['a".wav', "a\nFILE b.wav", "a\x00.wav"])
def test_a_file_that_no_sheet_can_name_is_refused(name: str) -> None:
    with pytest.raises(ExportError, match=r"no cue sheet can name the file .* rename it"):
        track_sheet(material(TIMELINE, ()), name)

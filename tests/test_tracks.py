"""What a track says beside its sound, as ffprobe and mutagen read it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
import pytest
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

from tests.exports import material
from voicecoach.export import Job, export_file
from voicecoach.export.details import routine_details
from voicecoach.export.material import Material
from voicecoach.export.tracks import FORMATS
from voicecoach.script import read_script
from voicecoach.timeline import Chapter, Cue, Timeline
from voicecoach.units import RATE, Frames

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="no ffprobe here")
TITLE = 'Rücken = "gut" 頭'
CAUTION = "Stop at once on sharp pain."
SAID = ["Lie down.", "Zwei; drei", "Pull 'em [in]."]
DETAILS = {
    "artist": "Ä. Ö.",
    "date": "2026-01-31",
    "caution": CAUTION,
    "copyright": "CC0-1.0",
    "script_hash": "ab" * 32,
}
COMMENT = f"{CAUTION}\nScript SHA-256: {'ab' * 32}"


def timeline() -> Timeline:
    starts = [RATE // 2, 2 * RATE + 7, 4 * RATE + 12_345]
    cues = tuple(
        Cue("speech", Frames(start), Frames(start + RATE), text)
        for start, text in zip(starts, SAID, strict=True)
    )
    chapters = (
        Chapter("Neck", Frames(starts[1]), Frames(starts[2])),
        Chapter("Schulter & Arm", Frames(starts[2]), Frames(6 * RATE)),
        Chapter("Z", Frames(6 * RATE), Frames(7 * RATE)),
    )
    return Timeline(TITLE, "de", Frames(7 * RATE), chapters, cues)


def silence() -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.zeros(7 * RATE, np.float32)


def jpeg(side: int = 300) -> bytes:
    file = BytesIO()
    with av.open(file, "w", format="image2pipe") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width = stream.height = side
        stream.pix_fmt = "yuvj420p"
        frame = av.VideoFrame.from_ndarray(np.full((side, side, 3), 90, np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


COVER = jpeg()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tagged")
    for ending in FORMATS:
        made = material(timeline(), [silence()], cover=COVER, **DETAILS)
        export_file(Job(folder / f"track{ending}"), made)
    return folder


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams"]
    done = subprocess.run(
        [*command, "-show_chapters", str(path)], capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@needs_ffprobe
@pytest.mark.parametrize("ending", FORMATS)
def test_ffprobe_reads_tags_chapters_and_cover(ending: str, folder: Path) -> None:
    found = probe(folder / f"track{ending}")
    streams = {stream["codec_type"]: stream for stream in found["streams"]}
    tags = found["format"].get("tags", {}) | streams["audio"].get("tags", {})
    tags = {key.lower(): value for key, value in tags.items()}
    assert tags["title"] == tags["album"] == TITLE
    assert tags["artist"] == "Ä. Ö."
    assert tags["date"] == "2026-01-31"
    assert tags["genre"] == "Speech"
    assert tags["copyright"] == "CC0-1.0"
    assert tags["comment"] == COMMENT
    assert tags["language"] == ("deu" if ending in (".m4a", ".m4b", ".mp3") else "de")
    read = [(c["tags"]["title"], round(float(c["start_time"]), 6)) for c in found["chapters"]]
    starts = [0, *(chapter.start for chapter in timeline().chapters)]
    assert [title for title, _ in read] == [TITLE, "Neck", "Schulter & Arm", "Z"]
    for (_, start), frame in zip(read, starts, strict=True):
        assert abs(start - frame / RATE) <= 0.0005 + 1e-6
    assert streams["video"]["disposition"]["attached_pic"] == 1
    assert streams["video"]["width"] == 300


def test_mp3_carries_chapters_with_a_table_of_contents(folder: Path) -> None:
    tag = ID3(folder / "track.mp3")
    assert tag.version == (2, 3, 0)
    (contents,) = tag.getall("CTOC")
    chapters = {chapter.element_id: chapter for chapter in tag.getall("CHAP")}
    listed = [chapters[name] for name in contents.child_element_ids]
    assert [chapter.sub_frames["TIT2"].text[0] for chapter in listed] == [
        TITLE,
        "Neck",
        "Schulter & Arm",
        "Z",
    ]
    ends = [chapter.end_time for chapter in listed]
    assert ends[:-1] == [chapter.start_time for chapter in listed[1:]]
    assert ends[-1] == 7000


@pytest.mark.parametrize("ending", [".mp3", ".wav"])
def test_id3_carries_lyrics_with_their_times(ending: str, folder: Path) -> None:
    path = folder / f"track{ending}"
    tag = WAVE(path).tags if ending == ".wav" else ID3(path)
    (plain,) = tag.getall("USLT")
    assert plain.lang == "deu"
    assert plain.text.split("\n\n") == SAID  # a line, and none where nothing is said
    (timed,) = tag.getall("SYLT")
    starts = [round(cue.start * 1000 / RATE) for cue in timeline().cues]
    assert (timed.lang, timed.format, timed.type) == ("deu", 2, 2)
    assert [(text, at) for text, at in timed.text if text] == list(zip(SAID, starts, strict=True))
    # Nothing is said for a second and more.
    ends = [round(cue.end * 1000 / RATE) for cue in timeline().cues]
    assert [at for text, at in timed.text if not text] == ends[1:]
    (picture,) = tag.getall("APIC")
    assert (picture.type, picture.mime, picture.data) == (3, "image/jpeg", COVER)
    assert tag["COMM::deu"].text == [COMMENT]


@pytest.mark.parametrize("ending", [".flac", ".opus", ".ogg"])
def test_vorbis_comments_carry_lyrics_and_cover(ending: str, folder: Path) -> None:
    path = folder / f"track{ending}"
    if ending == ".flac":
        tags = FLAC(path)
        (picture,) = tags.pictures
    else:
        tags = OggOpus(path)
        (block,) = tags["METADATA_BLOCK_PICTURE"]
        picture = Picture(base64.b64decode(block))
    assert (picture.type, picture.mime, picture.data) == (3, "image/jpeg", COVER)
    lines = tags["LYRICS"][0].splitlines()
    assert lines[0] == "[00:00.50]Lie down."
    assert [line[10:] for line in lines if line[10:]] == [
        "Lie down.",
        "Zwei; drei",
        "Pull 'em (in).",
    ]


@pytest.mark.parametrize("ending", [".m4a", ".m4b"])
def test_mp4_carries_lyrics_cover_and_what_it_is(ending: str, folder: Path) -> None:
    file = MP4(folder / f"track{ending}")
    assert file["©lyr"] == ["\n\n".join(SAID)]
    (picture,) = file["covr"]
    assert bytes(picture) == COVER
    assert file.get("stik") == ([2] if ending == ".m4b" else None)
    assert [chapter.title for chapter in file.chapters] == [TITLE, "Neck", "Schulter & Arm", "Z"]
    assert (folder / f"track{ending}").read_bytes()[8:12] == ending[1:].upper().encode() + b" "


@pytest.mark.parametrize("ending", FORMATS)
def test_no_cover_where_none_is_wanted_and_no_empty_tags(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"bare{ending}"
    bare = Timeline("Bare", "en", Frames(RATE), (), ())
    export_file(Job(path), material(bare, [np.zeros(RATE, np.float32)]))
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 0
        tags = container.metadata | container.streams.audio[0].metadata
    assert "" not in tags.values()
    assert not {"LYRICS", "lyrics", "comment", "copyright"} & set(tags)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_png_may_be_the_cover(ending: str, tmp_path: Path) -> None:
    file = BytesIO()
    with av.open(file, "w", format="image2pipe") as container:
        stream = container.add_stream("png", rate=1)
        stream.width = stream.height = 64
        stream.pix_fmt = "rgb24"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    path = tmp_path / f"png{ending}"
    export_file(Job(path), material(timeline(), [silence()], cover=file.getvalue()))
    read = mutagen.File(path)
    pictures = {
        ".flac": lambda: read.pictures[0].mime,
        ".opus": lambda: Picture(base64.b64decode(read["METADATA_BLOCK_PICTURE"][0])).mime,
        ".ogg": lambda: Picture(base64.b64decode(read["METADATA_BLOCK_PICTURE"][0])).mime,
        ".mp3": lambda: read.tags.getall("APIC")[0].mime,
        ".wav": lambda: read.tags.getall("APIC")[0].mime,
    }
    if ending in pictures:
        assert pictures[ending]() == "image/png"
    else:
        assert read["covr"][0].imageformat == 14  # PNG


@pytest.mark.parametrize("ending", FORMATS)
def test_one_of_several_tracks_says_which(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"second{ending}"
    made: Material = material(timeline(), [silence()], album="Whole")
    part = replace(made, details=made.details.track("Neck", 2, 5))
    export_file(Job(path), part)
    with av.open(str(path)) as container:
        tags = container.metadata | container.streams.audio[0].metadata
    tags = {key.lower(): value for key, value in tags.items()}
    assert (tags["track"], tags["title"], tags["album"]) == ("2/5", "Neck", "Whole")


def test_a_caution_of_both_sides_names_both() -> None:
    text = "# Knees\n## Knee\ncaution: Keep off the {side}. Mind it.\nLift.\nhold 9s, each side\n"
    routine, _ = read_script(text)
    assert routine_details(routine, "en").caution == "Keep off the left (right). Mind it."
    assert routine_details(routine, "de").caution == "Keep off the linken (rechten). Mind it."

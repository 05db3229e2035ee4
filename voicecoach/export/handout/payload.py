"""Payloads: a script's text enters, the text of its QR code leaves; and back.

    VOICECOACH1:  +  base32( zlib( UTF-8 script ) )      without base32's padding

Capitals, digits and a colon are all of QR's alphanumeric mode, 5.5 bits a character. Base45 would
fill it better (97 % rather than 91 %: a code 3 % wider), but has spaces, `*`, `-` and `.` that
messengers, mail and terminals eat or change; this text survives them, line breaks included. Zlib
ends with a checksum (Adler-32) of the script.
"""

from __future__ import annotations

import base64
import re
import unicodedata
import zlib

from voicecoach.errors import CodeError
from voicecoach.script import MOST_BYTES

PREFIX = "VOICECOACH1:"
"""What a code begins with; the digit is the format's version."""
MOST_PACKED = 2048
"""Bytes of a compressed script: what a QR code of level M holds (version 40: 3,391 characters)."""

_TEXT = re.compile(rf"{PREFIX}([A-Z2-7\s]*)")
_OTHER_VERSION = re.compile(r"VOICECOACH[0-9]+:")


def pack(script: str) -> str | None:
    """The text of a script's code; None where the script is too long for one."""
    packed = zlib.compress(script.encode(), 9)
    if len(packed) > MOST_PACKED:
        return None
    return PREFIX + base64.b32encode(packed).decode().rstrip("=")


def unpack(text: str) -> str:
    """The script in a code's text, which may stand among other words, wrapped into lines.

    Raises:
        CodeError: there is none, or it isn't whole.
    """
    found = _TEXT.search(text)
    if found is None:
        if _OTHER_VERSION.search(text):
            raise CodeError("the code was made by a later voicecoach; update this one")
        raise CodeError(f"there is no voicecoach code: its text would begin with {PREFIX}")
    packed = _decode("".join(found[1].split()))
    unpacker = zlib.decompressobj()
    try:
        script = unpacker.decompress(packed, MOST_BYTES + 1)
    except zlib.error:
        raise CodeError("the code is damaged; scan it, or copy its text, once more") from None
    if len(script) > MOST_BYTES:
        raise CodeError("the code holds more than the 1 MiB that a script may have")
    if not unpacker.eof:
        raise CodeError("the code breaks off; scan or copy all of its text")
    return _checked(script)


def _checked(script: bytes) -> str:
    """A script is text: nothing that a terminal would obey, should somebody look at it there."""
    try:
        text = script.decode()
    except UnicodeDecodeError:
        raise CodeError("the code holds no script: it is not UTF-8 text") from None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n\f\r" for c in text):
        raise CodeError("the code holds no script: it has control characters")
    return text


def _decode(letters: str) -> bytes:
    """The bytes of base32. What follows a code, taken for more of it, is left to zlib to ignore."""
    while len(letters) % 8 in (1, 3, 6):  # no whole bytes end there
        letters = letters[:-1]
    return base64.b32decode(letters + "=" * (-len(letters) % 8))

"""A session as an MPRIS media player: clients' calls enter, Commands and answers leave.

https://specifications.freedesktop.org/mpris-spec/latest/ says what each member means.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from voicecoach.controls import Command, Send
from voicecoach.controls.nowplaying import NowPlaying
from voicecoach.units import seconds

if TYPE_CHECKING:
    from dbus_fast import Message, Variant

PATH = "/org/mpris/MediaPlayer2"
ROOT = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
PROPERTIES = "org.freedesktop.DBus.Properties"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
EMITS_CHANGE = "org.freedesktop.DBus.Property.EmitsChangedSignal"

METHODS: dict[str, dict[tuple[str, str], Command | None]] = {
    ROOT: {("Raise", ""): None, ("Quit", ""): Command.STOP},
    PLAYER: {
        ("Play", ""): Command.RESUME,
        ("Pause", ""): Command.PAUSE,
        ("PlayPause", ""): Command.TOGGLE,
        ("Next", ""): Command.SKIP,
        ("Previous", ""): Command.BACK,
        ("Stop", ""): Command.STOP,
        ("Seek", "x"): None,
        ("SetPosition", "ox"): None,
    },
}
"""By name and D-Bus signature; None where MPRIS asks for a method and there is nothing to do."""

Property = tuple[str, Any]
"""A D-Bus signature, and a value of that type."""

ROOT_PROPERTIES: dict[str, Property] = {
    "Identity": ("s", "voicecoach"),
    "DesktopEntry": ("s", "voicecoach"),
    "CanQuit": ("b", True),
    "CanRaise": ("b", False),
    "HasTrackList": ("b", False),
    "SupportedUriSchemes": ("as", []),
    "SupportedMimeTypes": ("as", []),
}


def player_properties(now: NowPlaying) -> dict[str, Property]:
    """All but the position, whose changes aren't told; lengths in microseconds."""
    metadata: dict[str, Property] = {
        "mpris:trackid": ("o", f"/voicecoach/exercise/{now.number}"),
        "xesam:title": ("s", now.exercise or now.title or "voicecoach"),
        "xesam:album": ("s", now.title),
        "xesam:artist": ("as", ["voicecoach"]),
    }
    if now.number:
        metadata["xesam:trackNumber"] = ("i", now.number)
    if now.length is not None:
        metadata["mpris:length"] = ("x", round(seconds(now.length) * 1_000_000))
    alive = ("CanPlay", "CanPause", "CanGoNext", "CanGoPrevious")
    fixed = ("Rate", "MinimumRate", "MaximumRate", "Volume")
    return {
        "PlaybackStatus": ("s", now.status),
        "Metadata": ("a{sv}", metadata),
        **dict.fromkeys(alive, ("b", not now.ended)),
        **dict.fromkeys(fixed, ("d", 1.0)),
        "CanSeek": ("b", False),
        "CanControl": ("b", True),
    }


def signals(told: NowPlaying, now: NowPlaying) -> list[Message]:
    """What clients must hear that know only of `told`."""
    from dbus_fast import Message

    found = []
    before = player_properties(told)
    new = {key: value for key, value in player_properties(now).items() if value != before[key]}
    if new:
        body = [PLAYER, _variants(new), []]
        found.append(Message.new_signal(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", body))
    if now.jumps != told.jumps:
        found.append(Message.new_signal(PATH, PLAYER, "Seeked", "x", [_position(now)]))
    return found


def answer(message: Message, now: NowPlaying, send: Send) -> Message | bool | None:
    """Carry out a client's call; None leaves it to dbus-fast, True needs no answer.

    Raises:
        DBusError: what the client is answered.
    """
    from dbus_fast import Message, MessageFlag, MessageType

    if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
        return None
    if message.interface == PROPERTIES:
        signature, value = _property(message, now)
        return Message.new_method_return(message, signature, [value])
    if message.interface == INTROSPECTABLE:
        return Message.new_method_return(message, "s", [_introspection(now)])
    called = (message.member or "", message.signature)
    for interface, methods in METHODS.items():
        if message.interface in (interface, None) and called in methods:
            command = methods[called]
            if command and not now.ended:
                send(command)
            silent = message.flags & MessageFlag.NO_REPLY_EXPECTED
            return True if silent else Message.new_method_return(message)
    return None


def _position(now: NowPlaying) -> int:
    return round(now.position(time.monotonic()) * 1_000_000)


def _properties(now: NowPlaying) -> dict[str, dict[str, Property]]:
    position = ("x", _position(now))
    return {ROOT: ROOT_PROPERTIES, PLAYER: {**player_properties(now), "Position": position}}


def _property(message: Message, now: NowPlaying) -> Property:
    """What a call of the Properties interface is answered."""
    from dbus_fast import DBusError, ErrorType

    called = (message.member, message.signature)
    if called == ("GetAll", "s"):
        return "a{sv}", _variants(_properties(now).get(message.body[0], {}))
    if called not in (("Get", "ss"), ("Set", "ssv")):
        raise DBusError(ErrorType.UNKNOWN_METHOD, "the methods are Get, GetAll and Set")
    interface, name, *_ = message.body
    if name not in (known := _properties(now).get(interface, {})):
        raise DBusError(ErrorType.UNKNOWN_PROPERTY, f"there is no {interface}.{name}")
    if message.member == "Set":
        raise DBusError(ErrorType.PROPERTY_READ_ONLY, f"{interface}.{name} can't be set")
    return "v", _variants({name: known[name]})[name]


def _variants(properties: dict[str, Property]) -> dict[str, Variant]:
    from dbus_fast import Variant

    return {
        name: Variant(signature, _variants(value) if signature == "a{sv}" else value)
        for name, (signature, value) in properties.items()
    }


def _introspection(now: NowPlaying) -> str:
    from dbus_fast import ArgDirection, PropertyAccess
    from dbus_fast import introspection as xml

    node = xml.Node.default(PATH)
    for interface, properties in _properties(now).items():
        described = xml.Interface(interface)
        for name, signature in METHODS[interface]:
            arguments = [xml.Arg(each, ArgDirection.IN) for each in signature]
            described.methods.append(xml.Method(name, arguments))
        for name, (signature, _) in properties.items():
            told = {EMITS_CHANGE: "false"} if name == "Position" else None
            described.properties.append(xml.Property(name, signature, PropertyAccess.READ, told))
        if interface == PLAYER:
            described.signals.append(xml.Signal("Seeked", [xml.Arg("x", name="Position")]))
        node.interfaces.append(described)
    text: str = node.tostring()
    return text

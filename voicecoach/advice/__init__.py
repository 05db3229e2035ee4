"""Advice: a Routine and its voice enter; what its author may want to know leaves, as Problems that
keep nothing from being played.
"""

from voicecoach.advice.languages import read_as, spoken_as, unspeakable
from voicecoach.advice.spelling import spelled

__all__ = ["read_as", "spelled", "spoken_as", "unspeakable"]

"""Spoken commands measured against the targets: `make bench-listen`."""

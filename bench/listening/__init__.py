"""Spoken commands measured against their targets: `make bench-listen`."""

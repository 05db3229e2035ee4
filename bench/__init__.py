"""Measurements of speed and memory, side by side in one run: `make bench`."""

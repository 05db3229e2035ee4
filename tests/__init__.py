"""The tests; what several of them share is in fakes.py and soundserver.py."""

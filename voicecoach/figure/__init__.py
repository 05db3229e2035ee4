"""Figures: a Timeline enters; what a coach or a shelf of tracks shows of it leaves: a picture, a
cover, lines for a terminal.
"""

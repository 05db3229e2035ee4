"""How the verifier is made: voices enter, `voicecoach/controls/microphone/verifier-en.npz` leaves.

`make verifier`. Nobody's recording has a part in it: all voices are synthetic, and none of the
throats that the table of `make bench-listen` is measured with.
"""

"""The domain of the compliance bot. Pure: no I/O, no clock, no randomness."""

"""The synthetic city: invented organisations, people and numbers on the real division tree of Qingyuan.

Everything is derived from a seed and the day that counts as today: the same two give the same records, byte for byte.
Nothing here reads the clock. Each part draws from its own stream of chance, so that a change of one part leaves the
others as they were. Days 1 and 2 of the week lie behind, today is day 3.
"""

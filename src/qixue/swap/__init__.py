"""Swap (奇换): what people list and wish for. `matching` finds the exchanges of a round, without Django."""

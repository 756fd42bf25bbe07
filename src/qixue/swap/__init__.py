"""Swap (奇换): who gives what to whom. `matching` finds the exchanges of a round."""

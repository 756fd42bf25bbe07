"""What this app keeps about residents, registered for their copy of it and for the day on which they leave.

The order matters: an erasure goes from the last to the first, and what hangs on the tokens of the ledger or on
registrations is found through them.
"""

from qixue.participation.holdings import door, learning, registrations
from qixue.people.personal_data import holdings

holdings.register(*registrations.HOLDINGS, *learning.HOLDINGS, *door.HOLDINGS)

"""Where a pause of ours stands, and what becomes of it.

| state     | what is known                                        | in the journal | at the end                      |
| --------- | ---------------------------------------------------- | -------------- | ------------------------------- |
| ANNOUNCED | none of our tries may have worked                    | yes            | the entry is cleared            |
| DOUBTFUL  | a try may have worked, now or when it arrives late   | yes            | resumed, and looked at for long |
| ACCEPTED  | the API accepted it, or it was seen paused since     | yes            | resumed                         |
| ENDED     | resumed, or somebody made it something else          | no             |                                 |
| LEFT      | nothing that we tried put it back                    | yes            | LeftPaused, exit code 3         |

    ANNOUNCED --a try is under way, or proves nothing--> DOUBTFUL
    ANNOUNCED, DOUBTFUL --the API accepts a try--> ACCEPTED
    DOUBTFUL --a look shows it paused, or in a status that we don't know--> ACCEPTED
    ANNOUNCED --a certain refusal, or somebody made it something else--> ENDED
    DOUBTFUL, ACCEPTED --the end, see `_ended`--> ENDED, or LEFT when patience is over
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Where a pause stands; see the table of the module."""

    ANNOUNCED = auto()
    DOUBTFUL = auto()
    ACCEPTED = auto()
    ENDED = auto()
    LEFT = auto()

"""The person at this server's keyboard, who runs a command without naming a user."""

import os
import pwd

from indexer.people.actor import Actor


def person_at_keyboard() -> Actor:
    """Return the operator: the name the system knows the process by, no organisation."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = f"uid-{os.getuid()}"
    return Actor(name, "operator", "")

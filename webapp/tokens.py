"""Sealed tokens: what a page needs to know, in its address, readable by nobody."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken

from indexer.errors import NotFound
from indexer.world import World

LASTS = timedelta(minutes=30)
OfPeople = Literal["results", "reason", "record", "people", "person", "entries"]
OfWork = Literal["working", "no-longer", "recorded"]
OfShields = Literal["shields", "shield", "act", "order", "held", "held-one", "sealed"]
Page = OfPeople | OfWork | OfShields


class LinkEnded(NotFound):
    """The token is another person's, another page's, too old or not ours: always these words."""

    code = "link_ended"


@dataclass(frozen=True)
class Asked:
    """What a token carries. `text` is what was typed, or the user name of a person; `number` the
    child to open, and `reason` why; `page` counts from 1; `is_double` says that the results had
    another such child; `form` what was filled in of the form on the way."""

    text: str
    page: int = 1
    number: str = ""
    reason: str = ""
    is_double: bool = False
    form: str = ""


class Tokens:
    """Seals and opens tokens with one key; encrypted and not only signed, as a signature would
    leave a child's name to be read in the address."""

    def __init__(self, key: str, world: World) -> None:
        self._fernet = Fernet(key)
        self._world = world

    def seal(self, kind: Page, user: str, asked: Asked) -> str:
        """Return the token of one page for one user."""
        # As UTF-8: escaped, a long reason in another script is more than an address may hold.
        content = json.dumps({"kind": kind, "user": user, **vars(asked)}, ensure_ascii=False)
        return self._fernet.encrypt_at_time(content.encode(), self._seconds()).decode()

    def open(self, kind: Page, user: str, token: str) -> Asked:
        """Return what was sealed. Raises LinkEnded."""
        content = self._content(token)
        # Tickets of setting up are sealed with the same key, and are of no kind.
        if content.pop("kind", "") != kind or content.pop("user") != user:
            raise LinkEnded
        return Asked(**content)

    def _content(self, token: str) -> dict[str, Any]:
        lasts = int(LASTS.total_seconds())
        try:
            sealed = self._fernet.decrypt_at_time(token.encode(), lasts, self._seconds())
        except InvalidToken:
            raise LinkEnded from None
        content: dict[str, Any] = json.loads(sealed)
        return content

    def _seconds(self) -> int:
        return int(self._world.now().timestamp())

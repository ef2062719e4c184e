"""Sessions of signed-in people: a random token in the browser, its digest in the index."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from elasticsearch import ConflictError, Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.people.documents import Stored, read_document
from indexer.people.users import User, read_user
from indexer.world import World
from mappings.names import SESSIONS

TIMES = ("created_at", "seen_at", "expires")
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
# How old `seen_at` may grow before it is written again: a write a page would be too many.
SEEN_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """One person's stay: since when, when last seen, and the latest it can last."""

    user: str
    created_at: datetime
    seen_at: datetime
    expires: datetime

    def is_over(self, now: datetime) -> bool:
        return now >= self.expires or now - self.seen_at >= IDLE


def open_session(client: Elasticsearch, user: str, world: World) -> str:
    """Return the token of a new session. Only its sha256 is stored, so the index opens none."""
    token, now = world.token(), world.now()
    session = Session(user, created_at=now, seen_at=now, expires=now + LONGEST)
    with speaking_to_cluster("opening the session"):
        client.create(index=SESSIONS, id=_key(token), document=_document(session))
    return token


def find_signed_in(client: Elasticsearch, token: str, world: World) -> User | None:
    """Return whose session this is, None once it is over.

    The user is read again at every request: deactivation and a new password end a session at once.
    """
    stored = read_document(client, SESSIONS, _key(token))
    if stored is None:
        return None
    session = _parse(stored)
    if session.is_over(world.now()):
        return None
    user = read_user(client, session.user)
    if user is None or not user.active or user.password_set_at > session.created_at:
        return None
    _see(client, token, stored, world.now())
    return user


def end_session(client: Elasticsearch, token: str) -> None:
    """Forget the session; harmless if there is none."""
    with speaking_to_cluster("ending the session"):
        client.options(ignore_status=404).delete(index=SESSIONS, id=_key(token))


def _see(client: Elasticsearch, token: str, stored: Stored, now: datetime) -> None:
    """Note that the session is in use, unless it ended or was noted by another request.

    If nothing can be written, as when a disk is full, the session only ends the sooner: operators
    can still look at what is wrong.
    """
    if now - _parse(stored).seen_at < SEEN_AGAIN:
        return
    with suppress(ClusterUnavailable), speaking_to_cluster("noting the session"):
        try:
            client.index(
                index=SESSIONS,
                id=_key(token),
                document=stored.source | {"seen_at": now.isoformat()},
                if_seq_no=stored.seq_no,
                if_primary_term=stored.primary_term,
            )
        except ConflictError:
            return


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _document(session: Session) -> dict[str, str]:
    return {
        "user": session.user,
        "created_at": session.created_at.isoformat(),
        "seen_at": session.seen_at.isoformat(),
        "expires": session.expires.isoformat(),
    }


def _parse(stored: Stored) -> Session:
    times = (datetime.fromisoformat(stored.source[name]) for name in TIMES)
    return Session(stored.source["user"], *times)

"""Sessions of signed-in people: a random token in the browser, its digest in the index."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from elasticsearch import Elasticsearch

from indexer.clients import settled_in, speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.people import documents
from indexer.people.documents import Stored
from indexer.people.enrolment import person_in, places_of
from indexer.people.users import User
from indexer.world import World
from mappings.names import SESSIONS

TIMES = ("created_at", "seen_at", "expires")
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
# How old `seen_at` may grow before it is written again: a write a page would be too many.
SEEN_AGAIN = timedelta(minutes=1)
PURGED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Session:
    """One person's stay: since when, when last seen, and the latest it can last. `mark` is of the
    password and codes with which it was opened."""

    user: str
    mark: str
    created_at: datetime
    seen_at: datetime
    expires: datetime

    def is_over(self, now: datetime) -> bool:
        return now >= self.expires or now - self.seen_at >= IDLE


@dataclass(frozen=True)
class Stay:
    """A session in use: whose, until when it lasts if nothing is done, and its latest end."""

    user: User
    ends_at: datetime
    latest: datetime


def open_session(client: Elasticsearch, process: str, user: str, mark: str, world: World) -> str:
    """Return the token of a new session, good in this process alone. Only a digest is stored, so
    the index opens none."""
    token, now = world.token(), world.now()
    session = Session(user, mark, created_at=now, seen_at=now, expires=now + LONGEST)
    documents.write(client, (SESSIONS, _key(process, token)), _document(session), None)
    return token


def find_stay(
    client: Elasticsearch, process: str, token: str, name: str, world: World
) -> Stay | None:
    """Return the session of the person of this name; None once it is over, or if it is another's.

    Whoever asks must know the name from where nobody else can write it: whoever can write to this
    index, as the front's credential can, then makes nobody of a session but its owner.
    The person is read again at every request: deactivation, a new password and a new invitation
    end a session at once.
    """
    places = [(SESSIONS, _key(process, token)), *places_of(name)]
    stored, *found = documents.read_all(client, places)
    if stored is None:
        return None
    session, now = _parse(stored), world.now()
    person = person_in(found)
    if session.user != name or session.is_over(now) or person is None or not person.user.active:
        return None
    if person.enrolment is None or person.enrolment.mark != session.mark:
        return None
    seen_at = _see(client, _key(process, token), stored, now)
    return Stay(person.user, min(seen_at + IDLE, session.expires), session.expires)


def end_session(client: Elasticsearch, process: str, token: str) -> None:
    """Forget the session; harmless if there is none."""
    documents.delete(client, SESSIONS, _key(process, token))


def purge_sessions(client: Elasticsearch, world: World) -> int:
    """Delete the sessions, counts and steps that are over; return how many. Needs the desk's
    credential, as the front cannot search them."""
    purged = 0
    while found := _expired(client, world.now()):
        lines = [
            {"delete": {"_id": one["_id"], "if_seq_no": one["_seq_no"], **_term(one)}}
            for one in found
        ]
        with speaking_to_cluster("purging sessions"):
            answer = client.bulk(index=SESSIONS, operations=lines, refresh=True)
        settled_in(answer, "purging sessions")
        purged += len(found)
    return purged


def _expired(client: Elasticsearch, now: datetime) -> list[dict[str, int]]:
    over = {"range": {"expires": {"lt": now.isoformat()}}}
    with speaking_to_cluster("looking for sessions that are over"):
        answer = client.search(
            index=SESSIONS,
            query=over,
            size=PURGED_AT_ONCE,
            source=False,
            seq_no_primary_term=True,
        )
    return list(answer["hits"]["hits"])


def _term(hit: dict[str, int]) -> dict[str, int]:
    return {"if_primary_term": hit["_primary_term"]}


def _see(client: Elasticsearch, key: str, stored: Stored, now: datetime) -> datetime:
    """Note that the session is in use, unless it ended or was noted by another request; return
    when it was last noted."""
    seen_at = _parse(stored).seen_at
    if now - seen_at < SEEN_AGAIN:
        return seen_at
    # Where nothing can be written, as when a disk is full, the session only ends the sooner:
    # operators can still look at what is wrong.
    with suppress(ClusterUnavailable):
        documents.write(
            client, (SESSIONS, key), stored.source | {"seen_at": now.isoformat()}, stored
        )
    return now


def _key(process: str, token: str) -> str:
    return sha256(f"{process} {token}".encode()).hexdigest()


def _document(session: Session) -> dict[str, str]:
    times = {name: getattr(session, name).isoformat() for name in TIMES}
    return {"user": session.user, "mark": session.mark, **times}


def _parse(stored: Stored) -> Session:
    times = (datetime.fromisoformat(stored.source[name]) for name in TIMES)
    return Session(stored.source["user"], stored.source["mark"], *times)

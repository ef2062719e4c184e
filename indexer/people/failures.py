"""How long a sign-in is held after wrong ones: by name and place, and by place alone.

Nobody can lock another out: who guesses at a name is held at that name where they are, and the
person signs in from elsewhere, or from the browser in which they signed in before. Counts are
documents of the index of sessions.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address

from elasticsearch import Elasticsearch

from indexer.errors import Busy
from indexer.people import documents
from indexer.people.documents import Stored
from indexer.world import World
from mappings.names import SESSIONS

ATTEMPTS = 8
IPV6_HOME = 64  # bits: a customer of an internet provider has at least all addresses behind them


@dataclass(frozen=True)
class Allowance:
    """`free` failures in a `window`; each further one is followed by a hold, the first as long as
    `hold`, each twice the one before, up to `longest`."""

    free: int
    window: timedelta
    hold: timedelta
    longest: timedelta

    def hold_after(self, failures: int) -> timedelta:
        """Return how long the next try is refused after so many failures."""
        if failures < self.free:
            return timedelta(0)
        hold = self.hold
        for _ in range(failures - self.free):
            if hold >= self.longest:
                break
            hold *= 2
        return min(hold, self.longest)


A_QUARTER = timedelta(minutes=15)
BY_NAME = Allowance(5, timedelta(hours=24), timedelta(seconds=30), A_QUARTER)
# Of all names together. An office behind one address has many people; those who signed in from
# their browser before are not counted here.
BY_PLACE = Allowance(20, A_QUARTER, A_QUARTER, A_QUARTER)


@dataclass(frozen=True)
class Place:
    """From where somebody signs in: a network address, or a browser in which this very name signed
    in before, as its cookie proves."""

    key: str
    is_known: bool = False

    @classmethod
    def of_address(cls, address: str) -> "Place":
        """Return the place of a network address; all IPv6 addresses of one home are one."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return cls("address unknown")
        if isinstance(parsed, IPv6Address):
            # All IPv4 addresses written as IPv6 are in one /64, and no home.
            home = parsed.ipv4_mapped or IPv6Network((parsed, IPV6_HOME), strict=False)
            return cls(str(home))
        return cls(str(parsed))


@dataclass(frozen=True)
class Failures:
    """How often signing in failed since when, and until when no more is tried."""

    count: int = 0
    since: datetime | None = None
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and now < self.held_until

    def one_more(self, allowance: Allowance, now: datetime) -> "Failures":
        """Return the count after a failure now; what is older than the window is forgotten."""
        is_over = self.since is None or now - self.since >= allowance.window
        count, since = (1, now) if is_over or self.since is None else (self.count + 1, self.since)
        hold = allowance.hold_after(count)
        return Failures(count, since, now + hold if hold else None)


def is_held(client: Elasticsearch, name: str, place: Place, now: datetime) -> bool:
    """Say if a sign-in under this name, from this place, is refused unseen."""
    places = [(SESSIONS, key) for key, _ in _counted(name, place)]
    found = documents.read_all(client, places)
    return any(_parse(one).is_held(now) for one in found)


def count_failure(client: Elasticsearch, name: str, place: Place, world: World) -> bool:
    """Count a wrong sign-in, before its answer is given; return whether a hold begins with it.

    Raises Busy, Unavailable.
    """
    counts = [_count(client, *one, world.now()) for one in _counted(name, place)]
    return any(one.held_until for one in counts)


def forget_failures(client: Elasticsearch, name: str, place: Place) -> None:
    """Start from zero again for this name, after a right sign-in from here."""
    documents.delete(client, SESSIONS, _counted(name, place)[0][0])


def _counted(name: str, place: Place) -> list[tuple[str, Allowance]]:
    """Return the counts of one sign-in: that of the name here comes first."""
    by_name = [(_key(f"{name} {place.key}"), BY_NAME)]
    return by_name if place.is_known else [*by_name, (_key(place.key), BY_PLACE)]


def _count(client: Elasticsearch, key: str, allowance: Allowance, now: datetime) -> Failures:
    for _ in range(ATTEMPTS):
        stored = documents.read(client, SESSIONS, key)
        counted = _parse(stored).one_more(allowance, now)
        if documents.write(client, (SESSIONS, key), _document(counted, allowance), stored):
            return counted
    raise Busy("too many tries at one moment; try again in a minute")


def _key(counted: str) -> str:
    return f"failures-{sha256(counted.encode()).hexdigest()}"


def _document(failures: Failures, allowance: Allowance) -> dict[str, object]:
    since = failures.since
    return {
        "failures": failures.count,
        "since": since.isoformat() if since else None,
        "held_until": failures.held_until.isoformat() if failures.held_until else None,
        "expires": (since + allowance.window + allowance.longest).isoformat() if since else None,
    }


def _parse(stored: Stored | None) -> Failures:
    if stored is None:
        return Failures()
    since, until = (stored.source[name] for name in ("since", "held_until"))
    return Failures(stored.source["failures"], _moment(since), _moment(until))


def _moment(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None

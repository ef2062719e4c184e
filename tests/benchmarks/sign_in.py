"""How long a wrong sign-in takes for a name that is there and for one that is not, interleaved.

`python -m tests.benchmarks.sign_in [PAIRS]`: six minutes for 2,000 on two cores. Each try comes
from an address of its own, so that none is held.
"""

import sys
import tempfile
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient

from indexer.audit.trail import Trail
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.people.codes import make_code_secret
from indexer.people.demo import SignIn, set_up_with
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from webapp.app import create_app
from webapp.search.gate import Gate

PAIRS = 2_000
PASSWORD = "a horse, a battery and a staple"
MOST_MILLISECONDS = 2.0
Z_99 = 2.576  # of the normal distribution, two-sided
ADDRESSES = count(int(IPv4Address("10.0.0.1")))


def add_amira(settings: Settings) -> None:
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    switch_on(client, "359", OPERATOR, trail)
    new = NewUser("amira", "practitioner", "359", PASSWORD, REAL.today())
    add_user(client, new, OPERATOR, trail, REAL)
    set_up_with(settings, SignIn("amira", "practitioner", PASSWORD), make_code_secret(REAL))


def milliseconds(browser: FlaskClient, name: str) -> float:
    """Return how long one refusal took."""
    form = {"name": name, "password": "not the password", "code": "000000"}
    place = {"REMOTE_ADDR": str(IPv4Address(next(ADDRESSES)))}
    began = perf_counter()
    answer = browser.post("/sign-in", data=form, environ_base=place)
    taken = (perf_counter() - began) * 1000
    assert answer.status_code == 401
    return taken


def interval(differences: list[float]) -> tuple[float, float]:
    """Return the 99% interval of the median: between two order statistics (the sign test)."""
    ranked, size = sorted(differences), len(differences)
    half = int(Z_99 * size**0.5 / 2) + 1
    return ranked[max(size // 2 - half, 0)], ranked[min(size // 2 + half, size - 1)]


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        init(settings, OPERATOR, REAL)
        add_amira(settings)
        app = create_app(settings, Gate(settings), REAL)
        app.config["WTF_CSRF_ENABLED"] = False
        browser = app.test_client()
        taken = []
        for pair in range(pairs):
            names = {"known": "amira", "unknown": f"nobody-{pair}"}
            kinds = sorted(names, reverse=bool(pair % 2))
            times = {kind: milliseconds(browser, names[kind]) for kind in kinds}
            taken.append((times["known"], times["unknown"]))
    known, unknown = (median(one) for one in zip(*taken, strict=True))
    low, high = interval([one - other for one, other in taken])
    say(f"{pairs:,} pairs: known {known:.1f} ms, unknown {unknown:.1f} ms (medians)")
    say(f"difference, 99% interval of the median: {low:.2f} to {high:.2f} ms")
    sys.exit(max(-low, high) > MOST_MILLISECONDS)


if __name__ == "__main__":
    main()

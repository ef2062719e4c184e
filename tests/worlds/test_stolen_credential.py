"""The front's own password, used straight at the server: nothing of a shielded child comes back.

At the acknowledgement no document does, by any route; after the purge no term is left either, and
nothing of it stands in the build's files.
"""

import csv
import json
from pathlib import Path

import pytest
from elasticsearch import ApiError, TransportError

from indexer.builds.builds import open_builds
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.engine.places import engine_places
from indexer.people.actor import Actor
from indexer.shields.purge import purge_builds
from indexer.world import REAL
from mappings.names import CHILDREN
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, Office
from tests.worlds.namespace import sweep

OLGA = Actor("olga", "shield-officer", "359")
FAMILY, GIVEN = "Quillibrandt", "Zephyrina"
WORDS = {"NAME": "quillibrandt", "START": "quilli", "MIDDLE": "librand", "WRONG": "quilibrandt"}
OTHERS = 300
NAMES = ("children", "children-*", "*", "_all", "shielded-children", "shield-register", "links")
with Path(__file__).with_name("stolen.csv").open(newline="") as table:
    ROUTES = list(csv.DictReader(table))


class Thief:
    """Has the password of the front, and asks everything that can be asked."""

    def __init__(self, office, number, nhs):
        self.client = make_client(office.settings, "front")
        self.number, self.nhs = number, nhs
        self.indices = (*NAMES, *open_builds(office.client))
        words = {"NUMBER": number, "NHS": nhs, "BEFORE": f"{int(number) - 1}", **WORDS}
        self.words = words | {"SCROLL": self.scroll(), "PIT": "none"}

    def scroll(self):
        """Begin to read all, before the shield is set."""
        begun = self.client.search(index=CHILDREN, scroll="5m", size=1, query={"match_all": {}})
        return begun["_scroll_id"]

    def ask(self, route, index):
        """Return the status and all that came back, as text."""
        path, body = [
            self.filled(route[part]).replace("$INDEX", index) for part in ("path", "body")
        ]
        headers = {"accept": "application/json"}
        if body:
            headers["content-type"] = "application/json"
        if body.startswith("["):
            headers["content-type"] = "application/x-ndjson"
            body = "".join(f"{json.dumps(line)}\n" for line in json.loads(body))
        try:
            answer = self.client.perform_request(
                route["method"], path, headers=headers, body=body or None
            )
        except ApiError as error:
            return error.status_code, json.dumps(error.body)
        except TransportError as error:
            return 0, str(error)
        return answer.meta.status, json.dumps(answer.body)

    def filled(self, text):
        for name, word in self.words.items():
            text = text.replace(f"${name}", word)
        return text

    def all_answers(self):
        return {
            (route["path"], route["body"][:60], index): self.ask(route, index)
            for route in ROUTES
            for index in (self.indices if "$INDEX" in str(route) else ("-",))
        }

    def shown(self):
        """The routes by which a document of the child came back."""
        told = (GIVEN, f'"_id": "{self.number}"', f'"key": "{self.number}"', f'"{self.nhs}"')
        return {
            asked
            for asked, (status, said) in self.all_answers().items()
            if 200 <= status < 300 and any(one in said for one in told)
        }

    def hinted(self):
        """The routes by which a term came back that was not in what was asked."""
        return {
            asked
            for asked, (_, said) in self.all_answers().items()
            if any(one in said for one in (GIVEN.lower(), '"text": "quillibrandt"'))
        }


@pytest.fixture(scope="module")
def office(theatre):
    sweep(theatre.settings, theatre.broom)
    init(theatre.settings, OPERATOR, REAL)
    return Office(theatre.settings)


@pytest.fixture(scope="module")
def child(office):
    """Number and NHS number of one among three hundred."""
    nhs = nhs_number(REAL)
    rows = [plain_row(f"o{n}", f"Tom{n}", "Ordinary", BIRTHDAY) for n in range(OTHERS)]
    office.load("census", *rows, plain_row("1", GIVEN, FAMILY, BIRTHDAY, nhs_number=nhs))
    office.client.indices.refresh(index=CHILDREN)
    return office.number_of("census"), nhs


def files_with(office, word):
    """The files of all builds in which a word stands, in whatever case."""
    indices = office.client.indices.get(index=f"{CHILDREN}-*", features=["settings"])
    uuids = [one["settings"]["index"]["uuid"] for one in indices.values()]
    (node,) = engine_places(office.settings).nodes_made()
    files = [one for uuid in uuids for one in node.folder.rglob(f"{uuid}/**/*") if one.is_file()]
    assert files, "the build's files are not where they were looked for"
    wanted = word.lower().encode()
    return [one.name for one in files if wanted in one.read_bytes().lower()]


def test_front_password_shows_nothing_of_the_child_from_the_acknowledgement_on(office, child):
    number, nhs = child
    thief = Thief(office, number, nhs)
    office.client.indices.flush(index=CHILDREN)
    assert thief.shown(), "before the shield a search shows the child"
    assert thief.hinted(), "and a suggestion its name"
    assert files_with(office, FAMILY)
    assert files_with(office, number)
    office.set(number, OLGA)
    assert thief.shown() == set()
    refused = [status for status, _ in thief.all_answers().values() if status in {401, 403}]
    assert len(refused) > len(ROUTES), "most routes are closed to this password"
    assert purge_builds(office.settings, REAL, OPERATOR) == 0
    assert thief.shown() == set()
    assert thief.hinted() == set()
    for word in (FAMILY, GIVEN, number, nhs, WORDS["MIDDLE"]):
        assert files_with(office, word) == []
    assert office.is_hidden(number)

"""Elasticsearch itself refuses each credential what it has no business with, and nothing else."""

import csv
import json
from fnmatch import fnmatch
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from elasticsearch import ApiError

from indexer.clients import Credential, make_client
from mappings.credentials import build_roles
from mappings.names import AUDIT_MONTHS, REPOSITORIES, SINGLE_INDICES

# What is tried on every index → its raw action, method, path and body.
TRIED = {
    "search": ("indices:data/read/search", "POST", "_search", {}),
    "get": ("indices:data/read/get", "GET", "_doc/nobody", None),
    "mget": ("indices:data/read/mget", "POST", "_mget", {"ids": ["nobody"]}),
    "add": (
        "indices:data/write/index:op_type/create",
        "POST",
        "_bulk",
        [{"create": {"_id": "tried"}}, {"name": "x"}],
    ),
    "overwrite": (
        "indices:data/write/index[",
        "POST",
        "_bulk",
        [{"index": {"_id": "tried"}}, {"name": "x"}],
    ),
    "delete": ("indices:data/write/delete", "POST", "_bulk", [{"delete": {"_id": "tried"}}]),
    "refresh": ("indices:admin/refresh", "POST", "_refresh", None),
    "new field": ("indices:admin/mapping/put", "PUT", "_mapping", {"properties": {}}),
}
TABLE = Path(__file__).parent / "credentials.csv"
CASES = list(csv.DictReader(TABLE.read_text().splitlines()))
MAPPINGS = {"dynamic": "strict", "properties": {"name": {"type": "keyword"}}}
BUILD = "children-20260101t000000z"
SHOWN = {"children": {"filter": {"term": {"name": "shown"}}}}
INDICES = [
    "shield-marks",
    "shielded-children",
    "shield-register",
    "users",
    "organisations",
    "sessions",
    "budgets",
    "enrolments",
    "desk-enrolments",
    "links",
    "matches",
    "held-rows",
    "wishes",
    "practice-children",
    "orders",
    "loads",
    "builds",
    "checks",
    "alarms",
    "archive",
    "shielded-archive",
    "audit-2026-01",
    "audit-sealed",
]


@pytest.fixture(scope="module")
def clients(spare_engine):
    """A client a credential, on a server with every index and a document or two."""
    made = {name: make_client(spare_engine, name) for name in get_args(Credential)}
    for name in INDICES:
        made["operator"].indices.create(index=name, mappings=MAPPINGS)
    made["operator"].indices.create(index="audit-2-open", mappings={"dynamic": True})
    made["operator"].indices.create(index=BUILD, mappings=MAPPINGS, aliases=SHOWN)
    for number, name in enumerate(["shown", "hidden"], start=1):
        made["worker"].index(index=BUILD, id=str(number), document={"name": name}, refresh=True)
    made["desk"].index(index="users", id="1", document={"name": "somebody"})
    yield made
    for client in made.values():
        client.close()


@pytest.fixture(scope="module")
def scroll(clients):
    return clients["front"].search(index="children", scroll="1m")["_scroll_id"]


def ask(client, case, scroll=""):
    """Send one case; return the statuses of the answer and of every item in it."""
    body = json.loads(case["body"].replace("$SCROLL", scroll) or "null")
    headers = {"accept": "application/json", "content-type": "application/json"}
    if isinstance(body, list):
        headers["content-type"] = "application/x-ndjson"
        body = "".join(json.dumps(line) + "\n" for line in body)
    if body is None:
        del headers["content-type"]
    try:
        answer = client.perform_request(case["method"], case["path"], headers=headers, body=body)
    except ApiError as error:
        return {error.status_code}
    return {answer.meta.status} | item_statuses(answer.body)


def item_statuses(body):
    """Bulk and mget answer 200 and refuse item by item."""
    if not isinstance(body, dict):
        return set()
    refused = {403 for item in body.get("docs", []) if "error" in item}
    return refused | {next(iter(item.values()))["status"] for item in body.get("items", [])}


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: " ".join([case["credential"], case["method"], case["path"]])
)
def test_credential_may_do_exactly_what_its_process_needs(clients, scroll, case):
    statuses = ask(clients[case["credential"]], case, scroll)
    if case["may"] == "no":
        assert 403 in statuses
    else:
        assert statuses <= {200, 201, 404, 409}


def test_front_sees_no_more_by_naming_no_index(clients):
    hits = clients["front"].search(query={"match_all": {}})["hits"]["hits"]
    # What the cases above wrote into the practice children may show or not: it is for the front.
    assert [hit["_id"] for hit in hits if hit["_index"] != "practice-children"] == ["1"]


def test_front_sees_no_document_through_the_mapping(clients):
    answer = clients["front"].indices.get_mapping(index="children")
    assert {name: set(body) for name, body in answer.items()} == {BUILD: {"mappings"}}


def test_audit_entry_cannot_be_written_twice(clients):
    operations = [{"create": {"_id": "once"}}, {"name": "x"}]
    first, second = [
        clients["front"].bulk(index="audit-2026-01", operations=operations)["items"][0]["create"]
        for _ in range(2)
    ]
    assert (first["status"], second["status"]) == (201, 409)


def test_password_of_another_credential_is_refused(spare_engine, clients):
    wrong = clients["front"].options(basic_auth=("operator", spare_engine.secret("front.password")))
    with pytest.raises(ApiError) as refusal:
        wrong.cluster.health()
    assert refusal.value.status_code == 401


def is_granted(credential, index, action):
    """Elasticsearch takes a raw action for the beginning of those it covers."""
    entries = build_roles()[credential]["indices"]
    names = [entry for entry in entries if any(fnmatch(index, one) for one in entry["names"])]
    return any(action.startswith(one) for entry in names for one in entry["privileges"])


@pytest.mark.parametrize("credential", get_args(Credential))
def test_every_action_on_every_index_is_as_the_table_grants_it(clients, credential):
    wrong = []
    for index, (name, tried) in product(["children", *INDICES], TRIED.items()):
        action, method, path, body = tried
        case = {"method": method, "path": f"/{index}/{path}", "body": json.dumps(body)}
        may = 403 not in ask(clients[credential], case)
        if may != is_granted(credential, index, action):
            wrong.append(f"{name} on {index}: {'allowed' if may else 'refused'}")
    assert wrong == []


def test_every_index_of_the_service_is_among_those_that_are_tried():
    everyone = {*SINGLE_INDICES, *(one for some in REPOSITORIES.values() for one in some)}
    assert everyone - {AUDIT_MONTHS} <= set(INDICES), "add it, and its cases to credentials.csv"

"""The table of credentials grants raw actions alone, to every credential and no other."""

from typing import get_args

import pytest

from indexer.clients import Credential
from indexer.health.answers import NEEDED
from mappings.credentials import build_roles

ROLES = build_roles()
GRANTS = [
    (name, tuple(entry["names"]), action)
    for name, role in ROLES.items()
    for entry in [*role["indices"], {"names": ["cluster"], "privileges": role["cluster"]}]
    for action in entry["privileges"]
]


def test_every_credential_has_a_role():
    assert set(ROLES) == set(get_args(Credential))


@pytest.mark.parametrize("grant", GRANTS, ids=str)
def test_grant_is_a_raw_action_and_not_a_named_privilege(grant):
    _, _, action = grant
    assert action.startswith(("indices:", "cluster:"))
    assert "*" not in action


@pytest.mark.parametrize("credential", ["front", "desk"])
def test_processes_that_face_people_may_only_search_children_by_the_alias(credential):
    granted = {
        (names, action)
        for name, names, action in GRANTS
        if name == credential and names[0].startswith("children")
    }
    assert granted == {
        (("children",), "indices:data/read/search"),
        (("children",), "indices:admin/mappings/get"),
    }


def test_desk_may_all_that_front_may():
    front = {grant[1:] for grant in GRANTS if grant[0] == "front"}
    desk = {grant[1:] for grant in GRANTS if grant[0] == "desk"}
    assert front <= desk


@pytest.mark.parametrize("index", NEEDED)
def test_health_may_see_that_every_index_is_there(index):
    seen = [one for one in build_roles()["monitor"]["indices"] if index in one["names"]]
    assert any("indices:admin/get" in one["privileges"] for one in seen)

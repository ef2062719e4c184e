"""What is written of a child is what its mapping expects, to the field."""

from datetime import date

import msgspec
import orjson
from msgspec import structs

from analyzers.fields import SEARCH_FIELDS
from indexer.builds.builds import build_body
from indexer.children.child import Address, Carer, Contribution, Facts, FormerName, Involvement
from indexer.children.combine import combine
from indexer.children.document import build_document, parse_document
from mappings.reader import index_body

SAYS_ALL = combine(
    "100000000017",
    [
        Contribution(
            "school-census",
            "SC-1",
            "2026-11-22T00:00:00+00:00",
            Facts(
                family_name="Kelly",
                date_of_birth=date(2014, 3, 9),
                authority="359",
                given_names="Niamh Rose",
                known_as="Neve",
                former_names=(FormerName("Niamh", "Smith"),),
                sex="female",
                nhs_number="9434765919",
                upn="A123456789012",
                address=Address(("1 High Street",), "Wigan", "WN1 1AA"),
                carers=(Carer("Aoife Kelly", "mother", "01632 960001"),),
                involvements=(
                    Involvement("school", "St Mary's", start=date(2018, 9, 1), lead=True),
                ),
                date_of_death=date(2025, 1, 1),
            ),
            former_addresses=(Address(("2 Low Road",), "Leigh", "WN7 1BB"),),
        )
    ],
)
CHILD = structs.replace(SAYS_ALL, former_numbers=("100000000025",))


def properties():
    return index_body("children")["mappings"]["properties"]


def test_document_has_exactly_the_fields_of_the_mapping():
    assert set(build_document(CHILD)) == set(properties())


def test_derived_fields_and_no_others_are_left_out_of_the_source():
    assert set(index_body("children")["mappings"]["_source"]["excludes"]) == set(SEARCH_FIELDS)


def test_no_index_takes_a_field_that_is_not_in_its_mapping():
    names = (
        "children",
        "links",
        "loads",
        "builds",
        "held-rows",
        "orders",
        "shield-marks",
        "audit",
        "users",
        "sessions",
        "budgets",
    )
    assert {index_body(name)["mappings"]["dynamic"] for name in names} == {"strict"}


def test_build_carries_the_analyser_version():
    assert build_body()["mappings"]["_meta"]["analyser_version"]


def test_child_read_back_from_its_document_is_the_same():
    source = {k: v for k, v in build_document(CHILD).items() if k not in SEARCH_FIELDS}
    assert parse_document(orjson.loads(msgspec.json.encode(source))) == CHILD

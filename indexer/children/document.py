"""A child as a document of a build, and back."""

from dataclasses import replace
from datetime import date
from typing import Any

from analyzers.fields import search_fields
from analyzers.identity import Born, Identity, PersonName
from indexer.children.child import (
    Address,
    Carer,
    Child,
    Contribution,
    Facts,
    FormerName,
    Involvement,
)

Document = dict[str, Any]


def build_document(child: Child) -> Document:
    """Return all that is written of a child: the record, its contributions, the search fields.

    Dataclasses and dates inside are left to the client's serializer, which writes them faster.
    """
    facts = child.facts
    return {
        "number": child.number,
        # Every document in a build says so itself: a missing flag hides (docs/RULES.md).
        "shielded": False,
        "given_names": facts.given_names,
        "family_name": facts.family_name,
        "known_as": facts.known_as,
        "former_names": facts.former_names,
        "date_of_birth": facts.date_of_birth,
        "date_of_death": facts.date_of_death,
        "sex": facts.sex,
        "authority": facts.authority,
        "nhs_number": facts.nhs_number,
        "nhs_numbers": child.nhs_numbers,
        "upn": facts.upn,
        "upns": child.upns,
        "address": facts.address,
        "former_addresses": child.former_addresses,
        "carers": facts.carers,
        "involvements": facts.involvements,
        "contributions": child.contributions,
        **search_fields(build_identity(child)),
    }


def build_identity(child: Child) -> Identity:
    """Return what tells this child from another, for analysers and comparison."""
    former = _postcodes(child.former_addresses)
    return replace(facts_identity(child.facts), former_postcodes=former)


def facts_identity(facts: Facts) -> Identity:
    """Return who a row, or the facts of a record, speaks of."""
    names = [PersonName(facts.given_names, facts.family_name)]
    if facts.known_as:
        names.append(PersonName(facts.known_as, facts.family_name, "known_as"))
    names += [PersonName(one.given_names, one.family_name, "former") for one in facts.former_names]
    return Identity(
        names=tuple(names),
        born=Born(facts.date_of_birth, facts.date_of_birth),
        sex=facts.sex,
        postcodes=_postcodes((facts.address,)),
        authority=facts.authority,
    )


def _postcodes(addresses: tuple[Address | None, ...]) -> tuple[str, ...]:
    return tuple(one.postcode for one in addresses if one and one.postcode)


def parse_document(source: Document) -> Child:
    """Return the child that `build_document` wrote, from the document's `_source`."""
    return Child(
        number=source["number"],
        facts=_parse_facts(source),
        contributions=tuple(_parse_contribution(one) for one in source["contributions"]),
        former_addresses=_parse_addresses(source["former_addresses"]),
        nhs_numbers=tuple(source["nhs_numbers"]),
        upns=tuple(source["upns"]),
    )


def _parse_contribution(source: Document) -> Contribution:
    return Contribution(
        source=source["source"],
        source_record_id=source["source_record_id"],
        loaded_at=source["loaded_at"],
        facts=_parse_facts(source["facts"]),
        former_addresses=_parse_addresses(source["former_addresses"]),
    )


def _parse_facts(source: Document) -> Facts:
    address, died = source["address"], source["date_of_death"]
    return Facts(
        family_name=source["family_name"],
        date_of_birth=date.fromisoformat(source["date_of_birth"]),
        authority=source["authority"],
        given_names=source["given_names"],
        known_as=source["known_as"],
        former_names=tuple(FormerName(**one) for one in source["former_names"]),
        sex=source["sex"],
        nhs_number=source["nhs_number"],
        upn=source["upn"],
        address=_parse_addresses([address])[0] if address else None,
        carers=tuple(Carer(**one) for one in source["carers"]),
        involvements=tuple(_parse_involvement(one) for one in source["involvements"]),
        date_of_death=date.fromisoformat(died) if died else None,
    )


def _parse_addresses(sources: list[Document]) -> tuple[Address, ...]:
    return tuple(Address(tuple(one["lines"]), one["town"], one["postcode"]) for one in sources)


def _parse_involvement(source: Document) -> Involvement:
    days = {name: source[name] and date.fromisoformat(source[name]) for name in ("start", "end")}
    return Involvement(**{**source, **days})

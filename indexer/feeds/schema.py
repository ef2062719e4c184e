"""The rules of docs/FORMATS.md for one row. Messages never repeat what the row said."""

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate, validates
from marshmallow.schema import SchemaMeta

from analyzers.numbers import compact_number, is_nhs_number, is_upn
from analyzers.postcodes import parse_postcode

SEXES = ("female", "male", "not_known", "not_specified")
SERVICES = (
    "school",
    "gp",
    "health_visitor",
    "school_nurse",
    "social_worker",
    "police",
    "youth_justice",
    "voluntary",
    "other",
)
ADULT_YEARS = 18
LIST_LIMIT = 100  # carers, involvements, former names or address lines in one row
PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text(limit: int = 100, **options: Any) -> fields.String:
    """A text of at most `limit` characters."""
    rules = [validate.Length(max=limit, error=f"Longer than {limit} characters.")]
    return fields.String(validate=[*rules, *options.pop("also", ())], **options)


def one_of(values: tuple[str, ...]) -> validate.OneOf:
    return validate.OneOf(values, error=f"Must be one of: {', '.join(values)}.")


def needs(is_right: Callable[[str], object], message: str) -> Callable[[str], None]:
    """Make a rule out of a question: the value must be one for which `is_right` is true."""

    def rule(value: str) -> None:
        if value and not is_right(value):
            raise ValidationError(message)

    return rule


nhs_rule = needs(
    lambda value: is_nhs_number(compact_number(value)),
    "Not an NHS number: 10 digits whose last one checks.",
)
upn_rule = needs(
    lambda value: is_upn(compact_number(value)),
    "Not a UPN: 13 characters whose first letter checks.",
)
postcode_rule = needs(
    lambda value: (found := parse_postcode(value)) and found.inward, "Not a whole UK postcode."
)
is_authority = validate.Regexp(r"[0-9]{3}\Z", error="Must be a three-digit local authority code.")
not_blank = needs(str.strip, "Must not be blank.")


class PlainDate(fields.Date):
    """A date as 2014-03-09 and in no other way: Python reads 20140309 and 2014-W10-7 too."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> date:
        if not isinstance(value, str) or not PLAIN_DATE.fullmatch(value):
            raise self.make_error("invalid", obj_type=self.OBJ_TYPE, input=value)
        read: date = super()._deserialize(value, *args, **options)
        return read


class TrueOrFalse(fields.Boolean):
    """`true` or `false`: to Python, 1 and 1.0 are equal to True."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Strict(Schema):
    """Unknown fields are errors, also with `null`; a known one with `null` is as if not there."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "Not a field of a feed; docs/FORMATS.md lists them."}

    @cached_property
    def may_be_null(self) -> frozenset[str]:
        return field_names(type(self))

    @pre_load
    def drop_nulls(self, row: Any, **_: Any) -> Any:
        if not isinstance(row, dict):
            return row
        return {
            name: value
            for name, value in row.items()
            if value is not None or name not in self.may_be_null
        }


def field_names(schema: SchemaMeta) -> frozenset[str]:
    """Return the names a row uses for the fields of one schema."""
    return frozenset(field.data_key or name for name, field in schema._declared_fields.items())


class FormerNameSchema(Strict):
    given_names = text()
    family_name = text()


class AddressSchema(Strict):
    lines = fields.List(text(200), validate=validate.Length(max=LIST_LIMIT))
    town = text()
    postcode = text(20, also=[postcode_rule])


class CarerSchema(Strict):
    name = text(200, required=True, also=[validate.Length(min=1)])
    relationship = text()
    phone = text(50)


class InvolvementSchema(Strict):
    service = fields.String(required=True, validate=one_of(SERVICES))
    organisation = text(200)
    practitioner = text(200)
    role = text()
    phone = text(50)
    email = text(200)
    start = PlainDate(data_key="from")
    end = PlainDate(data_key="to")
    sensitive = TrueOrFalse()
    lead = TrueOrFalse()


class RowSchema(Strict):
    """One row that says something of a child; `today` decides the future and adulthood."""

    source_record_id = text(64, required=True, also=[validate.Length(min=1, error="Is empty.")])
    nhs_number = text(20, also=[nhs_rule])
    upn = text(20, also=[upn_rule])
    given_names = text()
    family_name = text(required=True, also=[validate.Length(min=1, error="Is empty."), not_blank])
    known_as = text()
    former_names = fields.List(
        fields.Nested(FormerNameSchema), validate=validate.Length(max=LIST_LIMIT)
    )
    date_of_birth = PlainDate(required=True)
    date_of_death = PlainDate()
    sex = fields.String(validate=one_of(SEXES))
    address = fields.Nested(AddressSchema)
    authority = fields.String(required=True, validate=is_authority)
    carers = fields.List(fields.Nested(CarerSchema), validate=validate.Length(max=LIST_LIMIT))
    involvements = fields.List(
        fields.Nested(InvolvementSchema), validate=validate.Length(max=LIST_LIMIT)
    )
    withdrawn = TrueOrFalse()  # never true here: such a row is read by WithdrawnSchema

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    @validates("date_of_birth")
    def refuse_no_child(self, born: date, **_: Any) -> None:
        refuse_age(born, self._today)


class WithdrawnSchema(Strict):
    """A row that says only that its source no longer knows the child."""

    source_record_id = text(64, required=True, also=[validate.Length(min=1, error="Is empty.")])
    withdrawn = TrueOrFalse(required=True)

    @cached_property
    def may_be_null(self) -> frozenset[str]:
        return field_names(RowSchema)


FIELD_NAMES = frozenset().union(
    *map(field_names, (RowSchema, FormerNameSchema, AddressSchema, CarerSchema, InvolvementSchema))
)


def refuse_age(born: date, today: date) -> None:
    """Raise unless someone born then is a child today: under 18, and born."""
    if born > today:
        raise ValidationError("Is in the future.")
    birthday_passed = (today.month, today.day) >= (born.month, born.day)
    if today.year - born.year - (not birthday_passed) >= ADULT_YEARS:
        raise ValidationError("Is 18 or over; the index holds children only.")

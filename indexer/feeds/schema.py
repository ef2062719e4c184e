"""The rules of docs/FORMATS.md for one row. Messages never repeat what the row said."""

from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate, validates

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
is_authority = validate.Regexp(r"^\d{3}$", error="Must be a three-digit local authority code.")
not_blank = needs(str.strip, "Must not be blank.")


class Strict(Schema):
    """Unknown fields are errors; `null` is the same as not there."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "Not a field of a feed; docs/FORMATS.md lists them."}

    @pre_load
    def drop_nulls(self, row: Any, **_: Any) -> Any:
        if not isinstance(row, dict):
            return row
        return {name: value for name, value in row.items() if value is not None}


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
    start = fields.Date(data_key="from")
    end = fields.Date(data_key="to")
    sensitive = fields.Boolean(truthy={True}, falsy={False})
    lead = fields.Boolean(truthy={True}, falsy={False})


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
    date_of_birth = fields.Date(required=True)
    sex = fields.String(validate=one_of(SEXES))
    address = fields.Nested(AddressSchema)
    authority = fields.String(required=True, validate=is_authority)
    carers = fields.List(fields.Nested(CarerSchema), validate=validate.Length(max=LIST_LIMIT))
    involvements = fields.List(
        fields.Nested(InvolvementSchema), validate=validate.Length(max=LIST_LIMIT)
    )

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    @validates("date_of_birth")
    def refuse_no_child(self, born: date, **_: Any) -> None:
        refuse_age(born, self._today)


class WithdrawnSchema(Strict):
    """A row that says only that its source no longer knows the child."""

    source_record_id = text(64, required=True, also=[validate.Length(min=1, error="Is empty.")])
    withdrawn = fields.Boolean(required=True, truthy={True}, falsy={False})


def refuse_age(born: date, today: date) -> None:
    """Raise unless someone born then is a child today: under 18, and born."""
    if born > today:
        raise ValidationError("Is in the future.")
    birthday_passed = (today.month, today.day) >= (born.month, born.day)
    if today.year - born.year - (not birthday_passed) >= ADULT_YEARS:
        raise ValidationError("Is 18 or over; the index holds children only.")

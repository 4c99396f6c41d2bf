"""Parsing and shape of what people type: fields with limits, clean text, and edit conflicts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
)

from hospice.core import clock
from hospice.core.errors import Objection
from hospice.web.reading import clean, clean_line, day_arg, number_arg, text_arg

SHORT = 120
LONG = 4000
_MAXIMUM_INT = 2**31 - 1
_SENDING = {"POST", "PUT", "PATCH", "DELETE"}
_NOT_OFFERED = lazy_gettext("Choose from what is offered")


def required(message: Any) -> DataRequired:
    """Return the validator of a field that must be filled, with its own words."""
    return DataRequired(message)


def _limit(maximum: int) -> Length:
    return Length(max=maximum, message=lazy_gettext("Use at most %(max)d characters"))


class Form(FlaskForm):
    """A form whose text is always clean and limited."""

    class Meta:
        # csrf_token stays valid as long as the sign-in: a note may be written for an hour.
        csrf_time_limit = None

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read what forms send and nothing else: JSON and files hold no text to clean."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if request.method in _SENDING else None

    def object_to(self, objections: Iterable[Objection], words: Callable[[Objection], Any]) -> None:
        """Put refused reasons beside their fields (or on top, where they name no field)."""
        for objection in objections:
            self.object(words(objection), self._fields.get(objection.field or ""))

    def object(self, message: str, field: Field | None = None) -> None:
        """Put a message beside a field, or on top."""
        if field is None:
            self.form_errors: list[Any] = [*self.form_errors, message]
        else:
            field.errors = [*field.errors, message]


class VersionedForm(Form):
    """A form that knows which version of the record its author was looking at."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """Return the version that was on the page; 0 when it says nothing useful."""
        # what was sent, never what the record holds now: that would hide another's change
        given = str((self.version.raw_data or [""])[0])
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def text_field(
    label: Any,
    *,
    maximum: int = SHORT,
    validators: Sequence[Any] = (),
    hint: Any = "",
    autocomplete: str = "off",
    **render: Any,
) -> StringField:
    """Return a one-line field."""
    return StringField(
        label,
        description=hint,
        filters=[clean_line],
        validators=[*(validators or [Optional()]), _limit(maximum)],
        render_kw={"autocomplete": autocomplete, **render},
    )


def long_field(
    label: Any,
    *,
    maximum: int = LONG,
    validators: Sequence[Any] = (),
    hint: Any = "",
    rows: int = 4,
) -> TextAreaField:
    """Return a field of several lines."""
    return TextAreaField(
        label,
        description=hint,
        filters=[clean],
        validators=[*(validators or [Optional()]), _limit(maximum)],
        render_kw={"rows": rows},
    )


def email_field(
    label: Any, *, validators: Sequence[Any] = (), hint: Any = "", **render: Any
) -> EmailField:
    """Return an email field; its shape is checked without asking the network."""
    return EmailField(
        label,
        description=hint,
        filters=[clean_line],
        validators=[*(validators or [Optional()]), _limit(254), _is_email],
        render_kw={
            "autocomplete": "off",
            "inputmode": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
            **render,
        },
    )


def _is_email(_form: Any, field: Field) -> None:
    if not field.data or field.errors:
        return
    try:
        validate_email(field.data, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise StopValidation(
            gettext("Enter an email address in the form name@example.org")
        ) from error
    if len(field.data.casefold()) > 254:  # "ß" is kept as "ss"
        raise StopValidation(gettext("Use a shorter address"))


def password_field(
    label: Any,
    *,
    required_message: Any,
    autocomplete: str,
    hint: Any = "",
    maximum: int | None = 1000,
) -> PasswordField:
    """Return a password field; what was typed is never sent back."""
    limits = [_limit(maximum)] if maximum else []
    return PasswordField(
        label,
        description=hint,
        validators=[InputRequired(required_message), *limits],
        render_kw={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"},
    )


def phone_field(label: Any, *, validators: Sequence[Any] = (), hint: Any = "") -> TelField:
    """Return a telephone field: digits, spaces, + - ( ) and an extension."""
    return TelField(
        label,
        description=hint,
        filters=[clean_line],
        validators=[*(validators or [Optional()]), _limit(40), _is_phone],
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )


def _is_phone(_form: Any, field: Field) -> None:
    digits = sum(character.isdigit() for character in field.data or "")
    allowed = set("0123456789 +-()./#x,;")
    if field.data and (digits < 5 or not set(field.data.casefold()) <= allowed):
        raise StopValidation(gettext("Enter a telephone number, such as 021 5555 0142"))


def number_field(
    label: Any, *, low: int, high: int, required_message: Any = None, hint: Any = ""
) -> IntegerField:
    """Return a whole-number field."""
    first = InputRequired(required_message) if required_message else Optional()
    return WholeNumberField(
        label,
        description=hint,
        validators=[
            first,
            NumberRange(low, high, message=lazy_gettext("Enter a number from %(min)s to %(max)s")),
        ],
        render_kw={"inputmode": "numeric", "min": low, "max": high},
    )


class WholeNumberField(IntegerField):
    """An IntegerField that refuses what no database column holds instead of failing there."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        text = valuelist[0].strip()
        digits = text.removeprefix("-")
        if len(text) > 12 or not digits.isascii() or not digits.isdigit():
            self.data = None
            raise ValueError(gettext("Enter a whole number"))
        self.data = int(text)
        if abs(self.data) > _MAXIMUM_INT:
            raise ValueError(gettext("Enter a smaller number"))

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation  # one message is enough: its range says nothing more


def day_field(label: Any, *, required_message: Any = None, hint: Any = "") -> DateField:
    """Return a date field; years from 1900 to 2200."""
    first = InputRequired(required_message) if required_message else Optional()
    return DayField(label, description=hint, validators=[first, _is_plausible_day])


class DayField(DateField):
    """A DateField with our words for what is no date."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = date.fromisoformat(valuelist[0].strip()[:40])
        except ValueError as error:
            self.data = None
            raise ValueError(gettext("Enter a date that exists, such as 2026-11-29")) from error


def _is_plausible_day(_form: Any, field: Field) -> None:
    if field.data and not 1900 <= field.data.year <= 2200:
        raise StopValidation(gettext("Enter a year between 1900 and 2200"))


def clock_field(label: Any, *, required_message: Any = None, hint: Any = "") -> TimeField:
    """Return a time-of-day field."""
    first = InputRequired(required_message) if required_message else Optional()
    return ClockField(label, description=hint, validators=[first])


class ClockField(TimeField):
    """A TimeField with our words for what is no time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, format=["%H:%M", "%H:%M:%S"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata([valuelist[0].strip()[:20]])
        except ValueError as error:
            self.data = None
            raise ValueError(gettext("Enter a time such as 14:00")) from error


def choice_field(
    label: Any,
    choices: Sequence[tuple[Any, Any]] = (),
    *,
    as_radio: bool = False,
    hint: Any = "",
    coerce: Callable[[Any], Any] = str,
    required_message: Any = None,
) -> SelectField:
    """Return a field of one answer out of several; `choices` may be set later."""
    kind = RadioField if as_radio else SelectField
    return kind(
        label,
        choices=list(choices),
        description=hint,
        coerce=coerce,
        invalid_value_message=_NOT_OFFERED,
        invalid_choice_message=_NOT_OFFERED,
        validators=[InputRequired(required_message)] if required_message else [Optional()],
    )


def chips_field(
    label: Any,
    choices: Sequence[tuple[Any, Any]] = (),
    *,
    hint: Any = "",
    coerce: Callable[[Any], Any] = str,
) -> SelectMultipleField:
    """Return a field of several answers, drawn as chips."""
    return SelectMultipleField(
        label,
        choices=list(choices),
        description=hint,
        coerce=coerce,
        invalid_value_message=_NOT_OFFERED,
        invalid_choice_message=_NOT_OFFERED,
    )


def small_int(value: Any) -> int:
    """Coerce a submitted id; one that no database column holds becomes 0, which nothing has."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def zone_choices(*first: str) -> list[tuple[str, str]]:
    """Return the time zones to choose from, some of them first."""
    known = sorted(zone for zone in clock.zones() if "/" in zone and not zone.startswith("Etc/"))
    head = [zone for zone in first if zone]
    return [
        (zone, zone.replace("_", " ")) for zone in [*head, *(z for z in known if z not in head)]
    ]


__all__ = [
    "BooleanField",
    "Field",
    "Form",
    "HiddenField",
    "Objection",
    "PasswordField",
    "StopValidation",
    "VersionedForm",
    "chips_field",
    "choice_field",
    "clean",
    "clean_line",
    "clock_field",
    "day_arg",
    "day_field",
    "email_field",
    "long_field",
    "number_arg",
    "number_field",
    "password_field",
    "phone_field",
    "required",
    "small_int",
    "text_arg",
    "text_field",
    "zone_choices",
]

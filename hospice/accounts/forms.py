"""Forms for signing in, for a person's own account, and for the administrator's settings."""

from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.rules import (
    PASSWORD_MINIMUM,
    HospiceFacts,
    LookFacts,
    PersonFacts,
    Role,
    Theme,
    VisitSettings,
    password_objections,
)
from hospice.accounts.words import (
    LABELS,
    LANGUAGES,
    ROLE_LABELS,
    SIZE_LABELS,
    THEME_LABELS,
    country_choices,
    objection_words,
)
from hospice.core.errors import Objection
from hospice.web.forms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    StopValidation,
    VersionedForm,
    choice_field,
    email_field,
    number_field,
    password_field,
    phone_field,
    required,
    small_int,
    text_field,
    zone_choices,
)

# Volunteers have a record of their own and are invited from it.
STAFF_ROLES = (Role.COORDINATOR, Role.GRIEF_SUPPORT, Role.AUDITOR, Role.ADMINISTRATOR)


def _new_password(label: Any) -> PasswordField:
    return password_field(
        label,
        required_message=_l("Enter a new password"),
        hint=_l(
            "At least %(num)s characters. Four or five words that do not belong together are easy"
            " to remember and hard to guess.",
            num=PASSWORD_MINIMUM,
        ),
        autocomplete="new-password",
        maximum=None,
    )


def _kept(hint: Any = "") -> BooleanField:
    return BooleanField(
        _l("Keep me signed in on this phone for 30 days"), description=hint, default=True
    )


def _languages() -> Any:
    return choice_field(
        LABELS["locale"], LANGUAGES, as_radio=True, required_message=_l("Choose a language")
    )


class SignInForm(Form):
    """Who you are."""

    email = email_field(
        LABELS["email"],
        validators=[required(_l("Enter your email address"))],
        autocomplete="username",
    )
    password = password_field(
        _l("Password"),
        required_message=_l("Enter your password"),
        autocomplete="current-password",
    )
    is_kept = _kept(_l("For volunteers. Everyone else signs in each day."))
    next = HiddenField()


class ResetForm(Form):
    """Where to send a link."""

    email = email_field(
        LABELS["email"],
        validators=[required(_l("Enter your email address"))],
        autocomplete="username",
    )


class _ChoosesPassword(Form):
    """A form in which someone chooses a password."""

    password: PasswordField

    def person(self) -> tuple[str, str]:
        """Return the address and name that the password must not be made of."""
        raise NotImplementedError

    def validate_password(self, field: Any) -> None:
        """Refuse what is short, endless or easy to guess."""
        email, name = self.person()
        kinds = password_objections(field.data or "", email=email, name=name)
        if kinds:
            raise StopValidation(objection_words(Objection(kinds[0])))


class PasswordForm(_ChoosesPassword):
    """A new password, chosen from a link."""

    password = _new_password(_l("New password"))
    is_kept = _kept()

    def __init__(self, email: str, name: str) -> None:
        super().__init__()
        self._person = (email, name)

    def person(self) -> tuple[str, str]:
        """Return the user's address and name."""
        return self._person


class OwnPasswordForm(PasswordForm):
    """A new password, chosen by who knows the present one."""

    present = password_field(
        _l("Present password"),
        required_message=_l("Enter your present password"),
        autocomplete="current-password",
    )


class FirstRunForm(_ChoosesPassword):
    """The hospice and the person who administers it."""

    hospice_name = text_field(
        _l("Name of the hospice"), validators=[required(_l("Enter the name of the hospice"))]
    )
    timezone = choice_field(
        LABELS["timezone"],
        required_message=_l("Choose a time zone"),
        hint=_l("Shifts are planned by the clocks there."),
    )
    locale = _languages()
    office_phone = phone_field(
        LABELS["office_phone"],
        hint=_l("Shown on every page, for who needs help. You can add it later."),
    )
    name = text_field(
        _l("Your name"), validators=[required(_l("Enter your name"))], autocomplete="name"
    )
    email = email_field(
        _l("Your email"),
        validators=[required(_l("Enter your email address"))],
        hint=_l("You sign in with it."),
        autocomplete="username",
    )
    password = _new_password(_l("Password"))

    def __init__(self, first_zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timezone.choices = zone_choices(first_zone)

    def person(self) -> tuple[str, str]:
        """Return what was typed as address and name."""
        return self.email.data or "", self.name.data or ""


class LookForm(Form):
    """How a person likes their pages."""

    locale = _languages()
    theme = choice_field(
        _l("Light or dark"),
        [(theme.value, label) for theme, label in THEME_LABELS.items()],
        as_radio=True,
        coerce=Theme,
        required_message=_l("Choose light or dark"),
    )
    text_size = choice_field(
        _l("Text size"),
        list(SIZE_LABELS.items()),
        as_radio=True,
        coerce=small_int,
        required_message=_l("Choose a text size"),
    )
    large_mode = BooleanField(
        _l("Large mode"), description=_l("Bigger words and buttons, everywhere.")
    )

    def facts(self) -> LookFacts:
        """Return what was chosen."""
        return LookFacts(
            self.locale.data, self.theme.data, self.text_size.data, self.large_mode.data
        )


class HospiceForm(VersionedForm):
    """What an administrator may change about the hospice."""

    name = text_field(
        _l("Name of the hospice"), validators=[required(_l("Enter the name of the hospice"))]
    )
    timezone = choice_field(
        LABELS["timezone"],
        required_message=_l("Choose a time zone"),
        hint=_l("For the office. Each place has a time zone of its own."),
    )
    locale = choice_field(
        LABELS["locale"],
        LANGUAGES,
        as_radio=True,
        required_message=_l("Choose a language"),
        hint=_l("For pages and letters to people who have not chosen one."),
    )
    country = choice_field(
        LABELS["country"],
        hint=_l("Its public holidays are shown on the roster; a coordinator decides."),
    )
    office_phone = phone_field(
        LABELS["office_phone"], hint=_l("Shown on every page, for who needs help.")
    )
    office_hours = text_field(LABELS["office_hours"], maximum=80, hint=_l("Such as 08:00–20:00."))

    def __init__(self, zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timezone.choices = zone_choices(zone)
        self.country.choices = country_choices()

    def facts(self) -> HospiceFacts:
        """Return what was typed."""
        return HospiceFacts(
            name=self.name.data or "",
            timezone=self.timezone.data,
            locale=self.locale.data,
            country=self.country.data or "",
            office_phone=self.office_phone.data or "",
            office_hours=self.office_hours.data or "",
        )


def _number(name: str, low: int, high: int, hint: Any = "") -> Any:
    return number_field(
        LABELS[name], low=low, high=high, required_message=_l("Enter a number"), hint=hint
    )


class VisitSettingsForm(VersionedForm):
    """When patients are seen, when one checks in, and who is told when nobody comes out again."""

    seen_before_hours = _number("seen_before_hours", 1, 24 * 14)
    seen_after_hours = _number("seen_after_hours", 1, 24 * 14)
    check_in_before_minutes = _number("check_in_before_minutes", 5, 240)
    check_in_after_hours = _number("check_in_after_hours", 1, 72)
    asks_by_itself = BooleanField(
        LABELS["asks_by_itself"],
        description=_l("A few who fit are asked without waiting for you; the first yes comes."),
    )
    lone_volunteer_minutes = _number("lone_volunteer_minutes", 5, 240)
    lone_leader_minutes = _number("lone_leader_minutes", 6, 240)
    lone_on_call_minutes = _number("lone_on_call_minutes", 7, 240)
    on_call_name = text_field(LABELS["on_call_name"])
    on_call_phone = phone_field(LABELS["on_call_phone"])
    on_call_email = email_field(
        LABELS["on_call_email"],
        hint=_l("Without one the coordinators are told."),
    )

    def facts(self) -> VisitSettings:
        """Return what was typed."""
        return VisitSettings(
            seen_before_hours=self.seen_before_hours.data,
            seen_after_hours=self.seen_after_hours.data,
            check_in_before_minutes=self.check_in_before_minutes.data,
            check_in_after_hours=self.check_in_after_hours.data,
            asks_by_itself=bool(self.asks_by_itself.data),
            lone_volunteer_minutes=self.lone_volunteer_minutes.data,
            lone_leader_minutes=self.lone_leader_minutes.data,
            lone_on_call_minutes=self.lone_on_call_minutes.data,
            on_call_name=self.on_call_name.data or "",
            on_call_phone=self.on_call_phone.data or "",
            on_call_email=self.on_call_email.data or "",
        )


class PersonForm(VersionedForm):
    """Who signs in, and as what."""

    name = text_field(LABELS["name"], validators=[required(_l("Enter a name"))])
    email = email_field(
        LABELS["email"],
        validators=[required(_l("Enter an email address"))],
        hint=_l("They sign in with it, and letters go there."),
    )
    role = choice_field(
        LABELS["role"], as_radio=True, coerce=Role, required_message=_l("Choose a role")
    )
    locale = _languages()

    def __init__(self, roles: tuple[Role, ...] = tuple(Role), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = [(role.value, ROLE_LABELS[role]) for role in roles]

    def facts(self) -> PersonFacts:
        """Return what was typed."""
        return PersonFacts(
            name=self.name.data or "",
            email=self.email.data or "",
            role=self.role.data,
            locale=self.locale.data,
        )

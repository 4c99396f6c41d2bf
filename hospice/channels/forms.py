"""The forms of a way beside email: the way itself, and a test."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hospice.channels.rules import (
    ADDRESS_MAXIMUM,
    NAME_MAXIMUM,
    SECRET_MAXIMUM,
    Addressed,
    ChannelFacts,
    Scheme,
    normal_address,
)
from hospice.channels.words import ADDRESS_LABELS, LABELS, objection_words
from hospice.core.errors import Objection
from hospice.web.forms import (
    BooleanField,
    Form,
    StopValidation,
    VersionedForm,
    required,
    text_field,
)


class ChannelForm(VersionedForm):
    """What an administrator writes down about a service."""

    name = text_field(
        LABELS["name"],
        maximum=NAME_MAXIMUM,
        validators=[required(_l("Enter what people call it"))],
        hint=_l("As people know it, such as “Text messages” or “Telegram”."),
    )
    secret = text_field(
        LABELS["secret"],
        maximum=SECRET_MAXIMUM,
        autocapitalize="none",
        spellcheck="false",
    )
    is_paid = BooleanField(
        LABELS["is_paid"],
        description=_l(
            "If it is not known whether one arrived, you are asked before it is sent again."
        ),
    )
    is_own_host = BooleanField(
        LABELS["is_own_host"],
        description=_l(
            "Otherwise it is kept from reaching any machine inside. Tick this only for one you know."
        ),
    )

    def __init__(self, scheme: Scheme, *, is_new: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scheme, self.is_new = scheme, is_new
        if not scheme.is_self_hosted:
            del self.is_own_host

    def validate_secret(self, field: Any) -> None:
        """Ask for a secret where there is none yet."""
        if self.is_new and not field.data:
            raise StopValidation(gettext("Enter the secret address of the service"))

    def facts(self) -> ChannelFacts:
        """Return what was typed."""
        return ChannelFacts(
            name=self.name.data or "",
            secret=self.secret.data or "",
            is_paid=bool(self.is_paid.data),
            is_own_host=bool(self.is_own_host.data) if "is_own_host" in self else False,
        )


class TrialForm(Form):
    """Where a test message goes."""

    address = text_field(
        ADDRESS_LABELS[Addressed.PHONE], maximum=ADDRESS_MAXIMUM, autocapitalize="none"
    )

    def __init__(self, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scheme = scheme
        if scheme.addressed is Addressed.GROUP:
            del self.address
        else:
            self.address.label.text = ADDRESS_LABELS[scheme.addressed]

    def validate_address(self, field: Any) -> None:
        """Take one address as the service wants it."""
        if normal_address(self.scheme, field.data or "") is None:
            kind = "bad_phone" if self.scheme.addressed is Addressed.PHONE else "bad_user"
            raise StopValidation(objection_words(Objection(kind)))

    @property
    def recipient(self) -> str:
        """Return the address as the service wants it; a group has none."""
        typed = self.address.data if "address" in self else ""
        return normal_address(self.scheme, typed or "") or ""

"""What may be said to a machine when nobody answers, in the words of Settings → Letters."""

from dataclasses import dataclass

from flask_login import current_user

from hospice.grief_support.letters.originals import original, spoken
from hospice.grief_support.models import Kin
from hospice.grief_support.queries import letters as queries
from hospice.grief_support.rules.letters import LetterKind, language_of, voicemail_kind
from hospice.web.pages import the_hospice


@dataclass(frozen=True)
class Say:
    """The words, in the language of whoever hears them; none where they want no message."""

    text: str = ""
    lang: str = "en"
    is_named: bool = False

    @property
    def is_wanted(self) -> bool:
        """Tell whether a message may be left."""
        return bool(self.text)


def voicemail(kin: Kin) -> Say:
    """Return what a machine may hear; `kin.guardian` is loaded, who answers for a child."""
    callee = kin.guardian if kin.is_minor and kin.guardian else kin
    kind = voicemail_kind(queries.voicemail_of(callee.id))
    if kind is None:
        return Say()
    found = the_hospice()
    language = language_of(callee.languages, found.locale if found else "en")
    row = queries.wording(kind, language)
    said = spoken(
        row.text if row and row.text else original(kind, language),
        sender=current_user.name,
        hospice=found.name if found else "",
        phone=found.office_phone if found else "",
    )
    lang = "zh-Hans" if language == "zh_Hans" else "en"
    return Say(said, lang, kind is LetterKind.VOICEMAIL_NAMED)

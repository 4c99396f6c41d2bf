"""What is typed as a letter, as the words that letters begin with, and as wishes about them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.accounts.words import LANGUAGES
from hospice.grief_support.actions.letters import Written
from hospice.grief_support.rules.kin import Consent
from hospice.grief_support.rules.letters import SPOKEN_WORDS, TEXT_MOST, LetterKind, VoicemailWish
from hospice.grief_support.words.letters import SHARES_LABELS, VOICEMAIL_LABELS
from hospice.reminders.wording.rules import tidy
from hospice.web.forms import (
    BooleanField,
    Form,
    VersionedForm,
    chips_field,
    choice_field,
    long_field,
    small_int,
)


class LetterForm(VersionedForm):
    """One letter: its language, its text, and for whom else it is."""

    language = choice_field(
        _l("Language"),
        list(LANGUAGES),
        as_radio=True,
        required_message=_l("Choose the language"),
    )
    text = long_field(
        _l("Text"),
        maximum=TEXT_MOST,
        rows=18,
        hint=_l("An empty line begins a new paragraph. Head, address and date are added on paper."),
    )
    also = chips_field(_l("One letter for all of them"), coerce=small_int)

    def offer(self, others: Iterable[tuple[int, str]]) -> None:
        """Offer others at the address; without any the question is not asked."""
        self.also.choices = list(others)
        if not self.also.choices:
            del self.also

    def written(self, *, is_ready: bool) -> Written:
        """Return what was typed."""
        also = frozenset(self.also.data or ()) if "also" in self else frozenset()
        return Written(self.text.data or "", self.language.data, also, is_ready)


class LetterWordsForm(VersionedForm):
    """The words of a kind of letter, with placeholders in braces."""

    text = long_field(_l("Text"), maximum=TEXT_MOST, rows=18)

    def __init__(self, kind: LetterKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if kind in SPOKEN_WORDS or kind is LetterKind.HEAD:
            self.text.render_kw = {"rows": 4}
        if kind in SPOKEN_WORDS:
            self.text.description = _l("No illness, nobody’s name: others may hear it.")
        else:
            self.text.description = _l("An empty line begins a new paragraph.")

    def words(self) -> str:
        """Return what was typed."""
        return tidy(self.text.data or "")


class PostForm(Form):
    """Which letters are printed or posted; their ticks stand in the list."""

    letter = chips_field(_l("Letters"), coerce=small_int)
    despite_quiet = BooleanField(_l("Post them although they may arrive on a quiet day"))

    def offer(self, letter_ids: Iterable[int]) -> None:
        """Take only letters that are ready."""
        self.letter.choices = [(one, "") for one in letter_ids]


class WishesForm(VersionedForm):
    """Whether somebody shares letters, and what a machine may hear."""

    shares = choice_field(
        _l("May a letter be shared with others at the same address?"),
        [(one.value, label) for one, label in SHARES_LABELS.items()],
        as_radio=True,
        coerce=Consent,
        required_message=_l("Choose one"),
    )
    voicemail = choice_field(
        _l("When nobody answers: may we leave a message?"),
        [(one.value, label) for one, label in VOICEMAIL_LABELS.items()],
        as_radio=True,
        coerce=VoicemailWish,
        required_message=_l("Choose one"),
    )

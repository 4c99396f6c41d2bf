"""What is typed as the words of a message."""

from typing import Any

from flask_babel import lazy_gettext as _l

from hospice.reminders.wording.rules import (
    EMAIL_MOST,
    SHORT_MOST,
    SUBJECT_MOST,
    Medium,
    Words,
    tidy,
)
from hospice.web.forms import VersionedForm, long_field, text_field


class WordingForm(VersionedForm):
    """A subject and a text, with placeholders in braces."""

    subject = text_field(_l("Subject"), maximum=SUBJECT_MOST)
    text = long_field(_l("Text"), maximum=EMAIL_MOST, rows=14)

    def __init__(self, medium: Medium, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if medium is Medium.SHORT:
            del self.subject
            self.text.render_kw = {"rows": 4}
            self.text.description = _l(
                "One line with its link. Use at most %(max)d characters.", max=SHORT_MOST
            )
        else:
            self.text.description = _l(
                "An empty line begins a new paragraph. A greeting comes before it, the office after."
            )

    def show(self, words: Words) -> None:
        """Fill in the words as they are."""
        self.text.data = words.text
        if "subject" in self:
            self.subject.data = words.subject

    def words(self) -> Words:
        """Return what was typed."""
        subject = tidy(self.subject.data or "") if "subject" in self else ""
        return Words(subject, tidy(self.text.data or ""))

"""Making users, changing them, signing them in and out, and the links that let them in."""

from hospice.accounts.actions.people import (
    add_user,
    change_hospice,
    change_look,
    change_password,
    change_person,
    enable,
    found_hospice,
    invite,
    invite_again,
)
from hospice.accounts.actions.secrets import cheapen_hashing, check_password, hash_password
from hospice.accounts.actions.sign_ins import (
    count_try,
    end_sign_in,
    forget_tries,
    is_to_be_seen,
    see,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from hospice.accounts.actions.tickets import (
    ask_reset,
    first_run_link,
    issue_ticket,
    ticket_link,
    ticket_token,
    use_ticket,
)

__all__ = [
    "add_user",
    "ask_reset",
    "change_hospice",
    "change_look",
    "change_password",
    "change_person",
    "cheapen_hashing",
    "check_password",
    "count_try",
    "enable",
    "end_sign_in",
    "first_run_link",
    "forget_tries",
    "found_hospice",
    "hash_password",
    "invite",
    "invite_again",
    "is_to_be_seen",
    "issue_ticket",
    "see",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "ticket_link",
    "ticket_token",
    "use_ticket",
]

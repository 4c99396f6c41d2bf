"""Every form of the app: who sends it, with which ids, and on which page it stands."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sent:
    """Who sends a form, with which ids, and on which page it stands (None: buttons alone)."""

    who: str
    arguments: dict[str, Any] = field(default_factory=dict)
    page: tuple[str, dict[str, Any]] | None = None
    # what other people's ids are for this form: the answer is the same as for an absent one
    not_mine: dict[str, Any] | None = None


def own(endpoint: str, who: str, **arguments: Any) -> Sent:
    """A form that stands on the page it is sent to."""
    return Sent(who, arguments, (endpoint, arguments))


CORA, LIN = "coordinator", "volunteer"
SHIFT, VOLUNTEER = {"shift_id": "$gap"}, {"volunteer_id": "$volunteer"}
WAITING, NOTE, USER = {"assignment_id": "$waiting"}, {"note_id": "$sent_note"}, {"user_id": "$user"}
ADA = "administrator"
CHANNEL = {"channel_id": "$channel"}
TASK = {"task_id": "$task"}
UNWRITTEN = {"volunteer_id": "$lin", "shift_id": "$lin_unwritten", "patient": "round"}
PAPERED = {"volunteer_id": "$papered"}
PAPER = {**PAPERED, "credential_id": "$paper"}
WORDING = {"kind": "two_days", "name": "answered.email.en"}
WEEKLY = {"weekly_shift_id": "$weekly_shift"}
STANDING = {**WEEKLY, "standing_id": "$standing"}
PERSON = ("shifts.person", WAITING)
LED = {"shift_id": "$led_shift", "assignment_id": "$led_member"}
BOSS = ("accounts.person", USER)

KIN = {"patient_id": "$patient", "kin_id": "$kin"}
DEATH = {"death_id": "$death"}

GRETA, CALL, LETTER = "grief support", {"follow_up_id": "$call"}, {"follow_up_id": "$letter"}
PLAN, STEP = {"plan_id": "$plan"}, {"name": "condolence"}
LETTER_WORDS = {"kind": "voicemail", "name": "en"}
FLAG, DUTY = {"flag_id": "$flag"}, {"clinician_id": "$duty"}
INSTRUMENT = {"instrument_id": "$instrument"}
SCREEN = {"plan_id": "$screened_plan", "screen_id": "$screen"}

CASE, PAGED = {"case_id": "$case"}, {"kin_id": "$paged_kin"}
FAMILY_PAGE = {"token": "$family_page"}

GATHERING, DEBRIEF = {"gathering_id": "$gathering"}, {"gathering_id": "$debrief"}
GUEST, WAS = {**GATHERING, "guest_id": "$guest"}, {"gathering_id": "$past_gathering"}

FORMS: dict[str, Sent] = {
    "accounts.accept_invitation": own("accounts.accept_invitation", "", token="$invitation"),
    "accounts.ask_reset": own("accounts.ask_reset", ""),
    "accounts.change_look": Sent(LIN, {}, ("accounts.account", {})),
    "accounts.change_password": own("accounts.change_password", LIN),
    "accounts.disable": Sent(ADA, USER, BOSS),
    "accounts.edit_person": own("accounts.edit_person", ADA, **USER),
    "accounts.enable": Sent(ADA, USER),
    "accounts.end_other_sign_ins": Sent(LIN),
    "accounts.end_sign_in": Sent(
        LIN, {"sign_in_id": "$mine_other_sign_in"}, None, {"sign_in_id": "$leader_other_sign_in"}
    ),
    "accounts.first_run": Sent("", {"token": "nobody-has-this"}),
    "accounts.invite": own("accounts.invite", ADA),
    "accounts.reset_password": own("accounts.reset_password", "", token="$reset"),
    "accounts.send_link": Sent(ADA, USER, BOSS),
    "accounts.settings": own("accounts.settings", ADA),
    "accounts.sign_in": own("accounts.sign_in", ""),
    "accounts.sign_out": Sent(LIN),
    "accounts.still_here": Sent(CORA),
    "accounts.visit_settings": own("accounts.visit_settings", ADA),
    "attendance.check_in": Sent(
        LIN, {"shift_id": "$mine_next"}, None, {"shift_id": "$leader_next"}
    ),
    "attendance.check_in_for": Sent(CORA, WAITING),
    "attendance.check_out": Sent(
        LIN, {"shift_id": "$mine_unwritten"}, None, {"shift_id": "$leader_unwritten"}
    ),
    "attendance.check_out_for": Sent(CORA, WAITING),
    "attendance.debrief": own("attendance.debrief", CORA, shift_id="$past_shift"),
    "attendance.how_are_you": Sent(
        LIN,
        {"shift_id": "$mine_unwritten"},
        ("attendance.how_are_you", {"shift_id": "$mine_unwritten"}),
        {"shift_id": "$leader_unwritten"},
    ),
    "attendance.lead_check_in": Sent("leader", LED),
    "attendance.lead_check_out": Sent("leader", LED),
    "attendance.my_debrief": own("attendance.my_debrief", "leader", shift_id="$led_shift"),
    "attendance.my_times": Sent(
        LIN,
        {"shift_id": "$mine_unwritten"},
        ("attendance.my_times", {"shift_id": "$mine_unwritten"}),
        {"shift_id": "$leader_unwritten"},
    ),
    "attendance.pass_door": Sent(LIN, {"token": "$door"}),
    "attendance.record": own("attendance.record", CORA, assignment_id="$came"),
    "attendance.renew_door": Sent(
        CORA, {"place_id": "$ward"}, ("attendance.door_sheet", {"place_id": "$ward"})
    ),
    "attendance.take_back": Sent(
        LIN, {"shift_id": "$mine_unwritten"}, None, {"shift_id": "$leader_unwritten"}
    ),
    "attendance.talked": Sent(CORA, {"feeling_id": "$shared"}),
    "calendars.renew_mine": Sent(LIN, {}, ("calendars.my_calendar", {})),
    "calendars.renew_place": Sent(
        CORA, {"place_id": "$ward"}, ("calendars.place_calendar", {"place_id": "$ward"})
    ),
    "calendars.stop_mine": Sent(LIN),
    "calendars.stop_place": Sent(CORA, {"place_id": "$ward"}),
    "cases.about": own("cases.about", CORA, **CASE),
    "cases.look_into": Sent(CORA, CASE),
    "cases.new": own("cases.new", CORA),
    "cases.read": Sent(CORA, CASE),
    "cases.share": own("cases.share", CORA, case_id="$thanks_case"),
    "cases.step": own("cases.step", CORA, **CASE, kind="acknowledged"),
    "cases.take": Sent(CORA, CASE, ("cases.show", CASE)),
    "cases.words_by_link": own("cases.words_by_link", "", **FAMILY_PAGE),
    "channels.edit": own("channels.edit", ADA, **CHANNEL),
    "channels.new": own("channels.new", ADA, kind="twilio"),
    "channels.switch_off": Sent(ADA, CHANNEL, ("channels.show", CHANNEL)),
    "channels.switch_on": Sent(ADA, CHANNEL),
    "channels.test": Sent(ADA, CHANNEL, ("channels.show", CHANNEL)),
    "grief_support.edit_instrument": own("grief_support.edit_instrument", ADA, **INSTRUMENT),
    "grief_support.new_instrument": own("grief_support.new_instrument", ADA),
    "grief_support.new_screen": own("grief_support.new_screen", GRETA, **PLAN),
    "grief_support.retire_instrument": Sent(ADA, INSTRUMENT, ("grief_support.instruments", {})),
    "grief_support.take_back_screen": own("grief_support.take_back_screen", GRETA, **SCREEN),
    "grief_support.add_to_flag": Sent(GRETA, FLAG, ("grief_support.red_flag", FLAG)),
    "grief_support.edit_duty": own("grief_support.edit_duty", ADA, **DUTY),
    "grief_support.end_duty": Sent(ADA, DUTY, ("grief_support.duty_list", {})),
    "grief_support.flag_taken_by": Sent(GRETA, FLAG),
    "grief_support.new_duty": own("grief_support.new_duty", ADA),
    "grief_support.take_flag": Sent(GRETA, FLAG),
    "grief_support.contact_again": Sent("", FAMILY_PAGE),
    "grief_support.end_own_page": Sent(GRETA, PAGED, ("grief_support.own_page", PAGED)),
    "grief_support.family_page": own("grief_support.family_page", "", **FAMILY_PAGE),
    "grief_support.make_own_page": Sent(GRETA, PAGED, ("grief_support.own_page", PAGED)),
    "grief_support.no_contact": own("grief_support.no_contact", "", **FAMILY_PAGE),
    "grief_support.pause_contact": Sent(
        "", FAMILY_PAGE, ("grief_support.family_page", FAMILY_PAGE)
    ),
    "gatherings.answer_mine": Sent(
        LIN, {"guest_id": "$mine_guest"}, ("gatherings.mine", {}), {"guest_id": "$leader_guest"}
    ),
    "gatherings.ask": own("gatherings.ask", CORA, **DEBRIEF),
    "gatherings.came": Sent(GRETA, WAS, ("gatherings.show", WAS)),
    "gatherings.cancel": own("gatherings.cancel", GRETA, **GATHERING),
    "gatherings.close": Sent(CORA, DEBRIEF),
    "gatherings.edit": own("gatherings.edit", GRETA, **GATHERING),
    "gatherings.edit_debrief": own("gatherings.edit_debrief", CORA, **DEBRIEF),
    "gatherings.guest": own("gatherings.guest", GRETA, **GUEST),
    "gatherings.invite": own("gatherings.invite", GRETA, **GATHERING),
    "gatherings.invite_volunteers": Sent(CORA, GATHERING, ("gatherings.invite", GATHERING)),
    "gatherings.memory": own("gatherings.memory", LIN, patient_id="$remembered"),
    "gatherings.new": own("gatherings.new", GRETA),
    "gatherings.new_debrief": own("gatherings.new_debrief", CORA),
    "gatherings.settings": own("gatherings.settings", ADA),
    "gatherings.wish": own("gatherings.wish", GRETA, patient_id="$remembered"),
    "gatherings.withdraw": Sent(GRETA, GUEST, ("gatherings.guest", GUEST)),
    "grief_support.add_kin": own("grief_support.add_kin", CORA, patient_id="$patient"),
    "grief_support.built_in_steps": Sent(ADA),
    "grief_support.change_follow_up": own("grief_support.change_follow_up", GRETA, **CALL),
    "grief_support.decide_days": Sent(GRETA, PLAN, ("grief_support.plan", PLAN)),
    "grief_support.dont_call": own("grief_support.dont_call", GRETA, **CALL),
    "grief_support.edit_plan": own("grief_support.edit_plan", GRETA, **PLAN),
    "grief_support.edit_step": own("grief_support.edit_step", ADA, **STEP),
    "grief_support.leave_out_step": Sent(ADA, STEP, ("grief_support.edit_step", STEP)),
    "grief_support.looked_after": own("grief_support.looked_after", GRETA, **PLAN),
    "grief_support.kin_wishes": own("grief_support.kin_wishes", GRETA, kin_id="$kin"),
    "grief_support.letter_words": own("grief_support.letter_words", ADA, **LETTER_WORDS),
    "grief_support.original_letter_words": Sent(ADA, LETTER_WORDS),
    "grief_support.posted": Sent(GRETA, {}, ("grief_support.letters", {})),
    "grief_support.print_labels": Sent(GRETA),
    "grief_support.print_letters": Sent(GRETA),
    "grief_support.write_letter": own(
        "grief_support.write_letter", GRETA, follow_up_id="$draft_letter"
    ),
    "grief_support.new_step": own("grief_support.new_step", ADA),
    "grief_support.no_answer": own("grief_support.no_answer", GRETA, **CALL),
    "grief_support.not_now": own("grief_support.not_now", GRETA, **CALL),
    "grief_support.plan_days": own("grief_support.plan_days", GRETA, **PLAN),
    "grief_support.plan_state": Sent(GRETA, PLAN, ("grief_support.plan", PLAN)),
    "grief_support.sent": Sent(GRETA, LETTER, ("grief_support.call", LETTER)),
    "grief_support.skip_follow_up": Sent(GRETA, CALL, ("grief_support.change_follow_up", CALL)),
    "grief_support.talked": own("grief_support.talked", GRETA, **CALL),
    "grief_support.worried": own("grief_support.worried", GRETA, **PLAN),
    "grief_support.confirm_death": own("grief_support.confirm_death", "grief support", **DEATH),
    "grief_support.correct_death": own("grief_support.correct_death", CORA, **DEATH),
    "grief_support.edit_kin": own("grief_support.edit_kin", CORA, **KIN),
    "grief_support.end_loss": Sent(
        CORA,
        {"volunteer_id": "$griever", "loss_id": "$loss"},
        ("volunteers.show", {"volunteer_id": "$griever"}),
    ),
    "grief_support.end_tie": Sent(
        CORA,
        {"volunteer_id": "$tied", "tie_id": "$tie"},
        ("grief_support.ties", {"volunteer_id": "$tied"}),
    ),
    "grief_support.ties": own("grief_support.ties", CORA, **VOLUNTEER),
    "grief_support.lift_stop": Sent(
        CORA,
        {"patient_id": "$patient", "stop_id": "$stop"},
        ("grief_support.person", {"kin_id": "$kin"}),
    ),
    "grief_support.own_loss": own("grief_support.own_loss", CORA, **VOLUNTEER),
    "grief_support.report_death": own(
        "grief_support.report_death", CORA, patient_id="$home_patient"
    ),
    "grief_support.put_back": Sent(
        CORA,
        {"patient_id": "$off_patient", "kin_id": "$off_kin"},
        ("grief_support.person", {"kin_id": "$off_kin"}),
    ),
    "grief_support.take_off": own("grief_support.take_off", CORA, **KIN),
    "grief_support.stop_contact": own("grief_support.stop_contact", CORA, **KIN),
    "grief_support.tell": own("grief_support.tell", CORA, **DEATH, telling_id="$telling"),
    "grief_support.undo_death": own("grief_support.undo_death", CORA, **DEATH),
    "shifts.patient_state": own("shifts.patient_state", CORA, patient_id="$patient"),
    "patients.edit": own("patients.edit", CORA, patient_id="$patient"),
    "patients.new": own("patients.new", CORA),
    "places.close": Sent(CORA, {"place_id": "$ward"}),
    "places.edit": own("places.edit", CORA, place_id="$ward"),
    "places.new": own("places.new", CORA),
    "places.reopen": Sent(CORA, {"place_id": "$ward"}),
    "reminders.arrived": Sent(CORA, {"message_id": "$unclear_message"}),
    "reminders.let_go": Sent(CORA),
    "reminders.original_wording": Sent(ADA, WORDING, ("reminders.wording", WORDING)),
    "reminders.my_wishes": own("reminders.my_wishes", CORA),
    "reminders.send_once_more": Sent(CORA, {"message_id": "$unclear_message"}),
    "reminders.test": Sent(CORA, {}, ("reminders.index", {})),
    "reminders.told_by_phone": Sent(CORA, {"message_id": "$failed_message"}),
    "reminders.try_again": Sent(CORA, {"message_id": "$failed_message"}),
    "reminders.wording": own("reminders.wording", ADA, **WORDING),
    "shifts.answer_by_link": own("shifts.answer_by_link", "", token="$answer"),
    "shifts.answer_claim": Sent(CORA, {"claim_id": "$wish"}),
    "shifts.answer_for": Sent(CORA, WAITING, PERSON),
    "shifts.answer_offer": Sent(
        LIN, {"shift_id": "$mine_offered"}, None, {"shift_id": "$leader_offered"}
    ),
    "shifts.answer_proposal": Sent(
        LIN,
        {"swap_id": "$mine_swap", "volunteer_id": 20},
        None,  # its buttons stand there once someone has proposed something
        {"swap_id": "$leader_swap", "volunteer_id": 20},
    ),
    "shifts.answer_swap": Sent(
        LIN,
        {"swap_id": "$mine_asked_swap"},
        ("shifts.swap", {"swap_id": "$mine_asked_swap"}),
        {"swap_id": "$leader_swap"},
    ),
    "shifts.answer_waiting": Sent(
        LIN,
        {"shift_id": "$mine_waiting"},
        None,
        {"shift_id": "$past_shift"},
    ),
    "shifts.assign": own("shifts.assign", CORA, **SHIFT),
    "shifts.away": own("shifts.away", CORA, **VOLUNTEER),
    "shifts.cancel": own("shifts.cancel", CORA, **SHIFT),
    "shifts.cancel_away": Sent(CORA, {"volunteer_id": "$away_volunteer", "away_id": "$away"}),
    "shifts.cancel_my_away": Sent(
        LIN, {"away_id": "$mine_away"}, None, {"away_id": "$leader_away"}
    ),
    "shifts.cant_come": Sent(
        LIN,
        {"shift_id": "$mine_next"},
        ("shifts.cant_come", {"shift_id": "$mine_next"}),
        {"shift_id": "$leader_next"},
    ),
    "shifts.change_leads": own("shifts.change_leads", CORA, **WEEKLY),
    "shifts.change_standing": own("shifts.change_standing", CORA, **STANDING),
    "shifts.claim": Sent(LIN, {"shift_id": "$gap"}),
    "shifts.come": Sent(LIN, {"shift_id": "$mine_next"}, None, {"shift_id": "$leader_next"}),
    "shifts.copy": own("shifts.copy", CORA),
    "shifts.decide_holiday": Sent(CORA, {}, ("shifts.holidays", {})),
    "shifts.edit": own("shifts.edit", CORA, **SHIFT),
    "shifts.edit_weekly": own("shifts.edit_weekly", CORA, **WEEKLY),
    "shifts.end_weekly": own("shifts.end_weekly", CORA, **WEEKLY),
    "shifts.free_shifts": own("shifts.free_shifts", CORA, volunteer_id="$resting"),
    "shifts.go_on": Sent(CORA, WEEKLY),
    "shifts.join_waiting": Sent(LIN, {"shift_id": "$full_shift"}),
    "shifts.lead": Sent(CORA, WAITING),
    "shifts.leave_waiting": Sent(
        LIN,
        {"shift_id": "$mine_waiting"},
        ("shifts.waiting_place", {"shift_id": "$mine_waiting"}),
        {"shift_id": "$past_shift"},
    ),
    "shifts.my_away": own("shifts.my_away", LIN),
    "shifts.name_someone": Sent(
        LIN,
        {"shift_id": "$mine_declined"},
        ("shifts.name_someone", {"shift_id": "$mine_declined"}),
        {"shift_id": "$leader_next"},
    ),
    "shifts.offer_swap": Sent(
        LIN,
        {"shift_id": "$mine_next"},
        None,  # the form stands there where somebody fits
        {"shift_id": "$leader_next"},
    ),
    "shifts.new_single": own("shifts.new_single", CORA),
    "shifts.new_standing": own("shifts.new_standing", CORA, **WEEKLY),
    "shifts.new_weekly": own("shifts.new_weekly", CORA),
    "shifts.on_the_phone": own("shifts.on_the_phone", CORA, **VOLUNTEER),
    "shifts.patients_of": own("shifts.patients_of", CORA, **WAITING),
    "shifts.publish": own("shifts.publish", CORA),
    "shifts.remove": Sent(CORA, WAITING, PERSON),
    "shifts.remove_standing": Sent(CORA, STANDING),
    "shifts.reopen": Sent(CORA, {"shift_id": "$cancelled_shift"}),
    "shifts.selected": own("shifts.selected", CORA, shift="$gap"),
    "shifts.take_back_swap": Sent(
        LIN,
        {"swap_id": "$mine_swap"},
        ("shifts.swap", {"swap_id": "$mine_swap"}),
        {"swap_id": "$leader_swap"},
    ),
    "shifts.unclaim": Sent(LIN, {"shift_id": "$gap"}),
    "shifts.undo": Sent(CORA),
    "tasks.close": Sent(CORA, TASK, ("tasks.show", TASK)),
    "tasks.edit": own("tasks.edit", CORA, **TASK),
    "tasks.new": own("tasks.new", CORA),
    "tasks.reopen": Sent(CORA, {"task_id": "$done_task"}),
    "visits.add": Sent(CORA, NOTE, ("visits.show", NOTE)),
    "visits.add_own": Sent(
        LIN,
        {"shift_id": "$mine_written", "patient": "$mine_subject"},
        ("visits.write", {"shift_id": "$mine_written", "patient": "$mine_subject"}),
    ),
    "visits.draft": Sent(
        LIN, {"page_id": "00000000-0000-4000-8000-000000000000", "shift": "$mine_unwritten"}
    ),
    "visits.make_task": own("visits.make_task", CORA, **NOTE),
    "visits.read": Sent(CORA, NOTE),
    "visits.reply": Sent(CORA, NOTE, ("visits.show", NOTE)),
    "visits.send": Sent(
        LIN,
        {"shift_id": "$mine_unwritten", "patient": "round"},
        ("visits.write", {"shift_id": "$mine_unwritten", "patient": "round"}),
        {"shift_id": "$leader_unwritten", "patient": "round"},
    ),
    "visits.sign": Sent(CORA, NOTE),
    "visits.strike": own("visits.strike", CORA, **NOTE),
    "visits.thank": Sent(CORA, NOTE),
    "visits.write_for": own("visits.write_for", CORA, **UNWRITTEN),
    "volunteers.change_paper": own("volunteers.change_paper", CORA, **PAPER),
    "volunteers.come_back": Sent(CORA, {"volunteer_id": "$resting"}),
    "volunteers.edit": own("volunteers.edit", CORA, **VOLUNTEER),
    "volunteers.invite": Sent(CORA, VOLUNTEER),
    "volunteers.kept_apart": own("volunteers.kept_apart", CORA, volunteer_id="$apart"),
    "volunteers.leave": own("volunteers.leave", CORA, **VOLUNTEER),
    "volunteers.messages_of": own("volunteers.messages_of", CORA, **VOLUNTEER),
    "volunteers.my_availability": own("volunteers.my_availability", LIN),
    "volunteers.my_details": own("volunteers.my_details", LIN),
    "volunteers.my_messages": own("volunteers.my_messages", LIN),
    "volunteers.new": own("volunteers.new", CORA),
    "volunteers.papers": own("volunteers.papers", CORA, **PAPERED),
    "volunteers.put_away_paper": Sent(CORA, PAPER, ("volunteers.papers", PAPERED)),
    "volunteers.start_break": Sent(CORA, VOLUNTEER, ("volunteers.show", VOLUNTEER)),
    "volunteers.stop_keeping_apart": Sent(
        CORA, {"volunteer_id": "$apart", "other_id": "$apart_other"}
    ),
}

"""Every table, by whose data it holds: the one place that names them all. One that is missing fails the suite.

What is `given` stands in the export of a person; what is `kept` does not: internal numbers, keys of search, who of the
staff did it, and copies of what stands elsewhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class OfPerson:
    """A table whose rows are about one citizen: by its case, or else by the citizen."""

    case: str = ""
    citizen: str = ""
    given: str = ""
    kept: str = ""
    #: The column with the organisation whose alone a row is, where the table's `visible_to` does not say it.
    owner: str = ""

    @property
    def columns(self) -> list[str]:
        return self.given.split()


#: In the order of the export. A table that gives nothing is a copy or a step of the work, and is erased with the rest.
OF_PERSONS: dict[str, OfPerson] = {
    "cases_citizen": OfPerson(
        citizen="pk",
        given="name born_on has_protected_address is_exempt_from_digital_post",
        kept="id public_id cpr_encrypted cpr_index is_replacement_number name_key search_key",
    ),
    "cases_citizencontact": OfPerson(
        citizen="citizen",
        given="email phone address interpreter_language",
        kept="id citizen organisation",
        owner="organisation",
    ),
    "cases_citizennumber": OfPerson(
        citizen="citizen",
        given="born_on is_replacement since withdrawn_at",
        kept="id citizen cpr_encrypted cpr_index",
    ),
    "cases_case": OfPerson(
        case="pk",
        given="number fund municipality target_group insurance has_qualifying_education has_children_at_home is_trial"
        " registered_on placed_on municipality_from status closed_on close_reason created_at",
        kept="id public_id citizen fund_adviser municipality_caseworker fund_contact municipality_contact previous"
        " version",
    ),
    "cases_formerparty": OfPerson(
        case="case",
        given="left_on left_at name had_protected_address email phone address interpreter_language",
        kept="id public_id case organisation",
        owner="organisation",
    ),
    "cases_pause": OfPerson(case="case", given="kind span source recorded_at", kept="id public_id case recorded_by"),
    "meetings_exemption": OfPerson(
        case="case",
        given="reason span documented_on document is_duty_kept duty_kept_reason recorded_at",
        kept="id public_id case recorded_by",
    ),
    "cases_benefithours": OfPerson(case="case", given="month hours", kept="id case"),
    "cases_handover": OfPerson(
        case="case",
        given="handed_over_on hours source note handed_over_at received_at",
        kept="id public_id case handed_over_by received_by",
    ),
    "meetings_requiredmeeting": OfPerson(
        case="case",
        given="kind responsible number window_from window_to due_on legal_basis explanation state is_met_late"
        " planned_at replaced_at",
        kept="id public_id case act own_explanation meeting",
    ),
    "meetings_meeting": OfPerson(
        case="case",
        given="organisation kind starts_at ends_at channel channel_chosen_by channel_reason held_channel"
        " held_channel_reason place fund_attends status booked_at held_at missed_at cancelled_at outcome cancel_reason"
        " note is_six_weeks_guided",
        kept="id public_id case citizen adviser booked_by series version moved_from",
    ),
    "meetings_noshowstep": OfPerson(
        case="meeting__case",
        given="organisation kind text opened_at answer_by answer earlier_answers answered_at withdrawn_at"
        " withdrawn_reason",
        kept="id public_id meeting opened_by following",
    ),
    "meetings_channelchoice": OfPerson(
        case="case", given="channel chosen_on recorded_at", kept="id case meeting recorded_by"
    ),
    "meetings_fundwish": OfPerson(case="case", given="is_wished recorded_at", kept="id case recorded_by"),
    "cases_planversion": OfPerson(
        case="case", given="number parts saved_at organisation explanation", kept="id case saved_by"
    ),
    "cases_plandraft": OfPerson(case="case", given="parts saved_at", kept="id case version saved_by"),
    "cases_aimdecision": OfPerson(
        case="case",
        given="number aim decided_on assessment assessed_on reasons wish saved_at explanation",
        kept="id case decided_by",
    ),
    "referrals_referral": OfPerson(
        case="case",
        given="status offer_type starts_on weeks place proposal joint_assessment citizen_agrees saved_at sent_at"
        " explanation seen_at assessed_at assessment withdrawn_at withdrawal_reason decided_at"
        " considerations facts legal_basis party_consultation rules complaint_guidance",
        kept="id public_id case version written_by sent_by seen_by assessed_by withdrawn_by decided_by decision_number"
        " look_at settled_at",
    ),
    "referrals_referralcontact": OfPerson(
        case="referral__case", given="contacted_on purpose note recorded_at", kept="id referral recorded_by"
    ),
    "referrals_offer": OfPerson(
        case="case",
        given="type employer employer_cvr span status granted_on granted_at started_at ended_at cancelled_at"
        " cancel_reason counts is_late explanation",
        kept="id public_id case referral starts_on over_on version granted_by started_by ended_by cancelled_by",
    ),
    "referrals_followup": OfPerson(
        case="offer__case", given="followed_up_on way note recorded_at", kept="id public_id offer recorded_by"
    ),
    "referrals_offerduty": OfPerson(
        case="case", given="municipality due_on fulfilled_from", kept="id case worker fulfilled_by"
    ),
    "cases_casenote": OfPerson(
        case="case",
        given="text due_on written_at done_at",
        kept="id public_id case organisation worker written_by done_by",
    ),
    # The letters themselves lie beside the export, as they were sent.
    "cases_dispatch": OfPerson(
        case="reminder__case",
        given="at is_reached sender subject text settled_at",
        kept="id public_id reminder calendar letter_name letter until",
    ),
    "cases_event": OfPerson(case="case", given="at text", kept="id public_id case kind by data"),
    "meetings_lawchange": OfPerson(
        case="case", given="kind about day_before day_after text", kept="id run case organisation worker key"
    ),
    # Either party holds back by reasons of its own, such as a dispute with the citizen.
    "cases_legalhold": OfPerson(
        case="case", given="set_at lifted_at", kept="id case reason set_by lifted_reason lifted_by"
    ),
    "cases_reminder": OfPerson(
        case="case",
        kept="id kind case subject version sending user organisation due_at recorded_at state route outcome closed_at"
        " attempts",
    ),
    "cases_citizenjoin": OfPerson(citizen="kept", kept="id public_id kept joined at by separated_at moved"),
    "cases_importrow": OfPerson(
        case="case", kept="id run line content_encrypted state problem case due_on due_by marks"
    ),
    "meetings_listjobrow": OfPerson(
        case="case",
        kept="id job case position state was receiver before after warning problem talks left events",
    ),
    "meetings_planproposal": OfPerson(
        case="case",
        kept="id public_id plan case kind requirement moving adviser starts_at ends_at channel due_on why warnings"
        " state problem meeting decided_by decided_at claimed_at done_at",
    ),
    "meetings_worklistentry": OfPerson(
        case="case",
        kept="id case organisation worker due_on requirement unbooked_due_on unbooked_from meeting meeting_ends_at"
        " channel active_until kind rests held_from awaits_receipt",
    ),
    "meetings_nextlook": OfPerson(case="case", kept="case look_at"),
}

_STAFF = "medarbejdere: hvem de er, deres tid, og hvad de selv har gemt"
_OFFICE = "kontorer og deres egne tekster"
_LAW = "loven og dens ændringer"
_TECHNICAL = "driften; ingen borger"
_IDS = "om borgere kun sagens interne nummer"

#: The tables without a citizen's data, each with what it holds.
OF_NOBODY: dict[str, str] = {
    "auth_group": _TECHNICAL,
    "auth_group_permissions": _TECHNICAL,
    "auth_permission": _TECHNICAL,
    "axes_accessattempt": _STAFF,
    "axes_accessattemptexpiration": _STAFF,
    "axes_accessfailurelog": _STAFF,
    "axes_accesslog": _STAFF,
    # Who read what: told to the citizen by day, organisation and purpose.
    "cases_accesslog": _IDS,
    "cases_act": _LAW,
    "cases_act_writers": _LAW,
    "cases_actvalue": _LAW,
    "cases_actwithdrawal": _LAW,
    "cases_authenticatorapp": _STAFF,
    "cases_deputy": _STAFF,
    "cases_doorcount": _TECHNICAL,
    "cases_erasure": _IDS,
    "cases_erasurerun": _OFFICE,
    "cases_importrun": _OFFICE,
    "cases_keycheck": _TECHNICAL,
    "cases_lawreview": _LAW,
    "cases_logcheck": _TECHNICAL,
    "cases_logreseal": _TECHNICAL,
    "cases_logseal": _TECHNICAL,
    "cases_municipaldocument": _OFFICE,
    "cases_organisation": _OFFICE,
    "cases_passkey": _STAFF,
    "cases_provideridentity": _STAFF,
    "cases_recoverycode": _STAFF,
    "cases_securityevent": _STAFF,
    "cases_standardtext": _OFFICE,
    "cases_sweeprun": _TECHNICAL,
    "cases_team": _OFFICE,
    # What a member of the staff typed and did not save, encrypted, until it is thrown away after some days.
    "cases_unsavedform": _STAFF,
    "cases_user": _STAFF,
    "cases_user_groups": _STAFF,
    "cases_user_user_permissions": _STAFF,
    # The administration shows no citizen.
    "django_admin_log": _STAFF,
    "django_content_type": _TECHNICAL,
    "django_session": _STAFF,
    "meetings_busycalendar": _STAFF,
    "meetings_busytime": _STAFF,
    "meetings_calendarfeed": _STAFF,
    "meetings_closingday": _OFFICE,
    # What a deadline was worked out by: of whom, the requirement alone says.
    "meetings_explanation": _LAW,
    "meetings_lawload": _LAW,
    "meetings_lawrun": _LAW,
    "meetings_lawrunbatch": _IDS,
    "meetings_listjob": _IDS,
    "meetings_meetingrule": _LAW,
    "meetings_monthplan": _IDS,
    "meetings_savedview": _STAFF,
    "meetings_staffabsence": _STAFF,
    "meetings_talkcap": _OFFICE,
    "meetings_workinghours": _STAFF,
    "referrals_decisionlimit": _OFFICE,
}

"""What the stand-in holds at first: the agents and live campaigns of a fictional energy company."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.sandbox.http import Json
from reconciler.sandbox.store import Stored

AGENT_SALES = "4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01"
AGENT_FOLLOW_UP = "9e3a6c42-71b8-4d6f-8f0b-5c7e2d9b4a02"
AGENT_REMINDER = "c27f58d1-0e94-43ab-b6d2-81a3f4e7c503"
AGENT_WINBACK = "1f8c90b6-5ad3-4e27-a1c4-6b2d0f9e7304"
AGENT_SURVEY = "e60b2a7d-38f1-4195-9d7e-f4a8c1b5d205"
AGENT_DRAFT = "73d9e1c8-b64f-4a02-8c35-2e9f7d0a6b06"


def _agent(identifier: str, name: str, current_status: str = "published", direction: str = "outbound") -> Json:
    return {"id": identifier, "name": name, "current_status": current_status, "direction": direction}


AGENTS: tuple[Mapping[str, Json], ...] = (
    _agent(AGENT_SALES, "Ava, solar sales"),
    _agent(AGENT_FOLLOW_UP, "Bruno, follow-up in Portuguese"),
    _agent(AGENT_REMINDER, "Clara, appointment reminders"),
    _agent(AGENT_WINBACK, "Dan, win-back"),
    _agent(AGENT_SURVEY, "Elsie, customer survey"),
    _agent(AGENT_DRAFT, "Finn, not published yet", current_status="draft", direction="inbound"),
)

_WORKDAYS = [1, 2, 3, 4, 5]
_STAMPS = {"created_at": "2026-09-01T09:00:00Z", "updated_at": "2026-10-12T16:30:00Z"}

_SALES_US = {
    "id": "sales-us-q1",
    "status": "active",
    "name": "Sales US Q1 2027",
    "description": "First call to people who asked for an offer for solar panels.",
    "campaign_type": "sales",
    "agent_id": AGENT_SALES,
    "start_date": "2027-01-04",
    "end_date": "2027-03-31",
    "days_of_week": _WORKDAYS,
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
    "max_retries": 3,
    "retry_cooldown_hours": 24,
    "do_not_call_enabled": True,
    "do_not_call_list_source": "global",
}
_FOLLOW_UP_BR = {
    "id": "follow-up-br",
    "status": "active",
    "name": "Follow-up São Paulo",
    "campaign_type": "follow_up",
    "agent_id": AGENT_FOLLOW_UP,
    "start_date": "2027-01-11",
    "end_date": "2027-03-31",
    "days_of_week": [1, 2, 3, 4, 5, 6],
    "call_time_ranges": [{"start": "10:00", "end": "12:00"}, {"start": "14:00", "end": "18:00"}],
    "timezone": "America/Sao_Paulo",
    "max_retries": 3,
    "retry_cooldown_hours": 12,
    "retry_on_no_conversion": True,
}
_REMINDER_UK = {
    "id": "reminder-uk",
    "status": "active",
    "name": "Appointment reminders London",
    "campaign_type": "reminder",
    "agent_id": AGENT_REMINDER,
    "start_date": "2027-01-04",
    "end_date": None,
    "days_of_week": _WORKDAYS,
    "call_time_ranges": [{"start": "08:30", "end": "19:00"}],
    "timezone": "Europe/London",
    "max_retries": 2,
    "retry_cooldown_hours": 4,
}
_WINBACK_US = {
    "id": "winback-us",
    "status": "paused",
    "name": "Win-back with own do-not-call list",
    "campaign_type": "custom",
    "agent_id": AGENT_WINBACK,
    "start_date": "2027-01-18",
    "end_date": "2027-06-30",
    "days_of_week": [2, 3, 4],
    "call_time_ranges": [{"start": "10:00", "end": "12:30"}, {"start": "13:30", "end": "17:00"}],
    "timezone": "America/Chicago",
    "max_retries": 1,
    "retry_cooldown_hours": 72,
    "do_not_call_enabled": True,
    "do_not_call_list_source": "custom",
    # Numbers of the range 555-01xx, which is reserved for fiction; the last one was added by the API itself.
    "do_not_call_custom_list": ["+12025550143", "+12025550171", "+13125550188"],
    "auto_add_to_dnc_enabled": True,
    "auto_dnc_trigger_statuses": ["completed"],
    "auto_dnc_trigger_errors": ["invalid_number"],
}
_SURVEY = {
    "id": "survey-everything",
    "status": "draft",
    "name": "Customer survey, every field set",
    "description": "Five questions to people whose installation is a month old.",
    "campaign_type": "custom",
    "agent_id": AGENT_SURVEY,
    "start_date": "2027-01-25",
    "end_date": "2027-04-30",
    "days_of_week": [1, 2, 3, 4, 6],
    "call_time_ranges": [{"start": "09:30", "end": "12:00"}, {"start": "13:00", "end": "16:30"}],
    "timezone": "Australia/Sydney",
    "initial_call_delay": 60,
    "max_retries": 2,
    "retry_cooldown_hours": 48,
    "auto_complete": True,
    "retry_on_no_conversion": False,
    "enable_post_completion_cooldown": True,
    "post_completion_cooldown_hours": 168,
    "success_cooldown_hours": 168,
    "voicemail_cooldown_hours": 24,
    "no_answer_cooldown_hours": 24,
    "busy_cooldown_hours": 2,
    "failed_cooldown_hours": 24,
    "do_not_call_enabled": True,
    "do_not_call_list_source": "custom",
    "do_not_call_custom_list": ["+12025550119", "+12025550164"],
    "auto_add_to_dnc_enabled": False,
    "auto_dnc_trigger_statuses": ["completed"],
    "auto_dnc_trigger_errors": ["invalid_number", "disconnected"],
}
_AUTUMN_OFFER = {
    "id": "autumn-offer-2026",
    "status": "completed",
    "name": "Autumn offer 2026",
    "campaign_type": "sales",
    "agent_id": AGENT_SALES,
    "start_date": "2026-09-07",
    "end_date": "2026-10-30",
    "days_of_week": _WORKDAYS,
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/Denver",
}
_PILOT = {
    "id": "pilot-heat-pumps",
    "status": "cancelled",
    "name": "Pilot for heat pumps",
    "campaign_type": "custom",
    "agent_id": AGENT_WINBACK,
    "start_date": "2026-10-05",
    "end_date": None,
    "days_of_week": [1, 3, 5],
    "call_time_ranges": [{"start": "11:00", "end": "15:00"}],
    "timezone": "America/Chicago",
}
_BY_HAND = {
    "id": "made-by-hand",
    "status": "active",
    "name": "Made by hand on the website",
    "campaign_type": "follow_up",
    "agent_id": AGENT_FOLLOW_UP,
    "start_date": "2027-01-04",
    "days_of_week": _WORKDAYS,
    "call_time_ranges": [{"start": "10:00", "end": "16:00"}],
    "timezone": "America/Los_Angeles",
    "max_retries": 5,
}

_QUEUED: Mapping[str, int] = {"sales-us-q1": 12}
_ALL = (_SALES_US, _FOLLOW_UP_BR, _REMINDER_UK, _WINBACK_US, _SURVEY, _AUTUMN_OFFER, _PILOT, _BY_HAND)


def campaigns() -> tuple[Stored, ...]:
    """The initial campaigns. The queue of `sales-us-q1` makes a change of its schedule need a pause."""
    return tuple(
        Stored(str(fields["id"]), {**fields, **_STAMPS}, queued=_QUEUED.get(str(fields["id"]), 0)) for fields in _ALL
    )

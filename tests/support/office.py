"""A campaign that calls on workdays, and the windows that leave it closed at noon, or until then."""

from __future__ import annotations

from reconciler.model.document import Value

HOURS: dict[str, Value] = {
    "status": "active",
    "timezone": "UTC",
    "days_of_week": [1, 2, 3, 4, 5],
    "start_date": "2026-01-05",
    "end_date": "2027-06-30",
    "max_retries": 3,
    "queued": 1,
}
LUNCH = {"call_time_ranges": [{"start": "07:00", "end": "10:00"}, {"start": "11:00", "end": "17:00"}]}
NIGHT = {"call_time_ranges": [{"start": "12:00", "end": "17:00"}]}

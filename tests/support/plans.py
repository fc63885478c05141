"""Plans made from the text of campaign files and live values, by the functions that make real ones."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document, Value
from reconciler.model.fields import Fields, campaign_fields
from reconciler.model.sensitive import HashKey
from reconciler.plan.context import PlanContext, Record
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.plan.read import read_plans
from reconciler.strict_yaml.parse import parse

FIELDS = campaign_fields()
KEY = HashKey(b"k" * 32)
HOST = "https://talkover.example/api/v1"

# What the API shows of a campaign where a test says nothing; like its pages, it leaves some fields out.
SHOWN: Mapping[str, Value] = {
    "status": "active",
    "campaign_type": "sales",
    "start_date": "2027-01-04",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
    "max_retries": 3,
    "retry_cooldown_hours": 24,
}


def desired(file: str, content: str | Mapping[str, Value]) -> Desired:
    """A campaign as its file, or a mapping without positions, wants it; without an id it gets `id-of-…`."""
    document = _document(file, content) if isinstance(content, str) else Document(file, content)
    values = dict(document.values)
    status = values.pop("status", None)
    identifier = values.pop("id", f"id-of-{file.removesuffix('.yaml')}")
    values = {name: value for name, value in values.items() if name not in FIELDS.local}
    return Desired(document, identifier, Status(status) if status else None, values)


def read_plan(text: str, file: str, fields: Fields) -> Plan:
    """The plan of the one environment of a saved file."""
    (plan,) = read_plans(text, file, fields)
    return plan


def _document(file: str, text: str) -> Document:
    document, problems = parse(text.encode(), file)
    if document is None or problems:
        raise AssertionError(problems)
    return document


def planned(
    files: Mapping[str, str | Mapping[str, Value]],
    live: Mapping[str, Mapping[str, Value] | NotFound] | None = None,
    record: Record | None = None,
    *,
    allow_dnc_removals: bool = False,
) -> Plan:
    """The plan of these files; `live` gives, per file, what the API shows instead of `SHOWN`, or that it is absent."""
    wanted = [desired(file, content) for file, content in files.items()]
    found = {one.file: _live(one, (live or {}).get(one.file, {})) for one in wanted}
    context = PlanContext(HOST, record=record or {}, key=KEY, allow_dnc_removals=allow_dnc_removals)
    return make_plan(FIELDS, wanted, LiveRead(found, len(wanted)), context)


def _live(one: Desired, shown: Mapping[str, Value] | NotFound) -> Live | NotFound:
    if isinstance(shown, NotFound):
        return shown
    values = {"name": f"Campaign {one.file.removesuffix('.yaml').upper()}", **SHOWN, **shown}
    return Live(one.id or "", values["name"], values["status"], values)

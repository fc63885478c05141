"""What can go wrong with a campaign, told as the failure of its outcome."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.apply.outcome import Failure
from reconciler.model.canonical import canonical, same
from reconciler.model.document import Path, Problem, Value
from reconciler.model.errors import ApiError, LeftPaused, ReconcilerError, Refused
from reconciler.plan import diff
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.steps import Action

_UNPROCESSABLE = 422


class Deferred(ReconcilerError):
    """The change was not made now, and nothing is broken: it can be made later."""


class Overtaken(ReconcilerError):
    """Somebody changed the campaign since it was planned, so that a step is not possible any more."""


class NotKept(ReconcilerError):
    """The API answered 200 and did not keep what was sent."""


def failure_of(
    error: ReconcilerError, campaign: CampaignPlan | None = None, body: Mapping[str, Value] | None = None
) -> Failure:
    """Tell an error as a failure; what a 422 says of a field is told where the field stands in the files.

    `body` is that of the PUT that was sent last, where it holds something else than was planned.
    """
    cause = error.__cause__ if isinstance(error.__cause__, ApiError) else error
    first = _first_cause(cause) if isinstance(error, LeftPaused) else None
    refused = cause if isinstance(cause, Refused) else None
    return Failure(
        message=f"{error}; before that: {first}" if first else str(error),
        request=cause.request if isinstance(cause, ApiError) else None,
        status=refused.status if refused else None,
        code=refused.code if refused else None,
        problems=_problems(refused, campaign, body or {}) if refused and campaign else (),
    )


def why_left_paused(campaign_id: str, error: ApiError | None) -> str:
    """What is told of a campaign that no resume has put back; None where the resumes were accepted."""
    if error is None:
        return "it is left paused: the API accepts the resume, and the campaign stays as it is"
    if isinstance(error, Refused) and error.is_missing:
        forget = f"reconciler recover --forget {campaign_id}"
        return f"it is left paused, as far as anybody can tell: {error}; if it is gone for good: `{forget}`"
    return f"it is left paused: {error}"


def _first_cause(error: BaseException) -> ReconcilerError | None:
    """What went wrong before the error that came while things were put back."""
    first = None
    context = error.__context__
    while context is not None:
        first = context if isinstance(context, ReconcilerError) else first
        context = context.__context__
    return first


def _problems(refused: Refused, campaign: CampaignPlan, body: Mapping[str, Value]) -> tuple[Problem, ...]:
    """What the API refuses in the file, at its place there: the fields of a 422, or an agent that does not exist."""
    if refused.status == _UNPROCESSABLE:
        return _invalid(refused, campaign, body)
    if not refused.is_missing or campaign.action is not Action.CREATE:
        return ()
    words = refused.words.casefold()
    missing = [c for c in campaign.changes if c.field.refers_to and c.field.refers_to in words]
    return tuple(Problem(c.position, f"the API says: {refused.words}", (c.field.name,)) for c in missing)


def _invalid(refused: Refused, campaign: CampaignPlan, body: Mapping[str, Value]) -> tuple[Problem, ...]:
    """The field errors of a 422, at the file and line of what they are about."""
    problems = []
    for key, message in refused.fields.items():
        path = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        document, in_file = campaign.desired.document.written(_in_files(path, campaign, body))
        problems.append(Problem(document.position(in_file), f"the API says: {message}", in_file))
    return tuple(sorted(problems, key=lambda problem: problem.position))


def _in_files(path: Path, campaign: CampaignPlan, body: Mapping[str, Value]) -> Path:
    """The path in the campaign's values of what stands at `path` in the request, where lists are sorted."""
    name, rest = str(path[0]), path[1:]
    sent = {**diff.body_of(campaign.sent), **body}.get(name)
    written = campaign.desired.values.get(name)
    if not rest or not isinstance(sent, list) or not isinstance(written, list) or not isinstance(rest[0], int):
        return path
    field = next(c.field for c in campaign.sent if c.field.name == name)
    entry = sent[rest[0] : rest[0] + 1]
    indices = [i for i, value in enumerate(written) if same(canonical(field, [value]), canonical(field, entry))]
    return (name, indices[0], *rest[1:]) if indices else (name,)

"""Plans in the form that is asked for, and plans that were saved: nothing in here needs the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from reconciler.cli.terminal import has_colour, width
from reconciler.model.errors import PlanFileError
from reconciler.model.fields import campaign_fields
from reconciler.plan.document import read_plan
from reconciler.plan.plan import Plan
from reconciler.render import json


def saved_plan(file: Path) -> Plan:
    """The plan that a file holds; raises PlanFileError where there is none."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        msg = f"{file} cannot be read: {error}"
        raise PlanFileError(msg) from None
    return read_plan(content, str(file), campaign_fields())


def rendered(
    plans: Sequence[Plan],
    form: str,
    titles: Sequence[str] = (),
    *,
    lists_unmanaged: bool = False,
    limit: int | None = None,
) -> str:
    """The plans in one of the forms; several are told apart by the titles of their environments.

    With `lists_unmanaged` the live campaigns without a file are named, where they would only be counted; `limit` is
    how many characters the place has that a plan as Markdown is meant for.
    """
    if form == "json":
        return json.plans(plans)
    told = [_form(form, lists_unmanaged=lists_unmanaged, limit=limit)(plan) for plan in plans]
    if len(plans) > 1 and form == "text":
        told = [f"[{title}]\n{one}" for title, one in zip(titles, told, strict=True)]
    return "\n\n".join(told)


def _form(name: str, *, lists_unmanaged: bool, limit: int | None) -> Callable[[Plan], str]:
    """Each form is loaded only when it is asked for."""
    match name:
        case "markdown":
            from reconciler.render import markdown  # noqa: PLC0415 - see above

            return partial(markdown.render, lists_unmanaged=lists_unmanaged, limit=limit or markdown.LIMIT)
        case "html":
            from reconciler.render.html import page as html  # noqa: PLC0415 - see above

            return partial(html.render, lists_unmanaged=lists_unmanaged)
        case "github":
            from reconciler.render import github  # noqa: PLC0415 - see above

            return github.render
        case "summary":
            from reconciler.render import summary  # noqa: PLC0415 - see above

            return summary.render
        case _:
            from reconciler.render import text  # noqa: PLC0415 - see above

            return partial(text.render, width=width(), colour=has_colour(), lists_unmanaged=lists_unmanaged)

"""Where a run came from, by the variables of GitHub Actions and GitLab CI: what makes a report an audit record."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.apply.report import Origin
from reconciler.render.printable import clean

_LONGEST = 500
# https://docs.github.com/en/actions/reference/workflows-and-actions/variables: HEAD_REF is of pull requests.
_GITHUB = Origin("GITHUB_SHA", "GITHUB_HEAD_REF GITHUB_REF_NAME", "GITHUB_TRIGGERING_ACTOR GITHUB_ACTOR", None)
# https://docs.gitlab.com/ci/variables/predefined_variables/
_GITLAB = Origin(
    "CI_COMMIT_SHA", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME CI_COMMIT_REF_NAME", "GITLAB_USER_LOGIN", "CI_JOB_URL"
)


def run_origin(variables: Mapping[str, str]) -> Origin:
    """What a CI says of this run; nothing where there is none."""
    if variables.get("GITHUB_ACTIONS") == "true":
        return _read(_GITHUB, variables, _github_run(variables))
    if variables.get("GITLAB_CI") == "true":
        return _read(_GITLAB, variables)
    return Origin()


def _read(names: Origin, variables: Mapping[str, str], run_url: str | None = None) -> Origin:
    return Origin(
        _first(names.commit, variables),
        _first(names.branch, variables),
        _first(names.actor, variables),
        run_url or _first(names.run_url, variables),
    )


def _first(names: str | None, variables: Mapping[str, str]) -> str | None:
    """The first of these variables that says something."""
    found = (clean(variables.get(name, ""))[:_LONGEST] for name in (names or "").split())
    return next(filter(None, found), None)


def _github_run(variables: Mapping[str, str]) -> str | None:
    """The page of the run, which no single variable holds."""
    parts = [_first(name, variables) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    server, repository, run = parts
    return f"{server}/{repository}/actions/runs/{run}" if all(parts) else None

"""Where a run came from, by the variables of its CI."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.apply.report import Origin
from reconciler.cli.ci import run_origin

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "f00d",
    "GITHUB_REF_NAME": "main",
    "GITHUB_ACTOR": "mona",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "acme/calls",
    "GITHUB_RUN_ID": "7",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_COMMIT_SHA": "f00d",
    "CI_COMMIT_REF_NAME": "main",
    "GITLAB_USER_LOGIN": "mona",
    "CI_JOB_URL": "https://gitlab.example/acme/calls/-/jobs/7",
}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, Origin(), id="no CI"),
        pytest.param({"GITHUB_SHA": "f00d"}, Origin(), id="a variable without its CI"),
        pytest.param(
            GITHUB, Origin("f00d", "main", "mona", "https://github.example/acme/calls/actions/runs/7"), id="GitHub"
        ),
        pytest.param(
            {**GITHUB, "GITHUB_HEAD_REF": "spring", "GITHUB_TRIGGERING_ACTOR": "lisa", "GITHUB_RUN_ID": ""},
            Origin("f00d", "spring", "lisa", None),
            id="a pull request on GitHub, run again by another",
        ),
        pytest.param(GITLAB, Origin("f00d", "main", "mona", GITLAB["CI_JOB_URL"]), id="GitLab"),
        pytest.param(
            {**GITLAB, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "spring"},
            Origin("f00d", "spring", "mona", GITLAB["CI_JOB_URL"]),
            id="a merge request on GitLab",
        ),
        pytest.param({"GITLAB_CI": "true"}, Origin(), id="a CI that says nothing"),
        pytest.param(
            {**GITLAB, "GITLAB_USER_LOGIN": "mo\udcffna\n", "CI_COMMIT_REF_NAME": "b" * 9999},
            Origin("f00d", "b" * 500, "mo\\udcffna\\n", GITLAB["CI_JOB_URL"]),
            id="bytes that are no text, and too many of them",
        ),
    ],
)
def test_what_a_ci_says_of_a_run(variables: Mapping[str, str], expected: Origin) -> None:
    assert run_origin(variables) == expected

"""`reconciler init`: what a repository of campaigns begins with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click

from reconciler.api.endpoints import TOKEN_VARIABLE
from reconciler.cli import options
from reconciler.cli.installed_from import Origin, installed_from
from reconciler.cli.terminal import out
from reconciler.files import disk
from reconciler.model.errors import UsageError
from reconciler.model.fields import schema_folder
from reconciler.render.printable import clean

_EXAMPLE = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json

# An example: make it yours, or remove it once your own campaigns are here.
# What a file does not name is left alone. Without `status`, a new campaign is a draft, which calls nobody.
name: Example for working days in New York
campaign_type: reminder
agent_id: c27f58d1-0e94-43ab-b6d2-81a3f4e7c503 # Clara, an agent of the sandbox: write the id of one of yours

start_date: "2027-01-04"
end_date: null # no end

days_of_week: [1, 2, 3, 4, 5] # 1 is Monday
call_time_ranges:
  - { start: "09:00", end: "12:00" }
  - { start: "13:00", end: "17:00" }
timezone: America/New_York

max_retries: 2
retry_cooldown_hours: 24

do_not_call_enabled: true # whoever is on the list is never called
do_not_call_list_source: environment
"""
# Where the workflows say which action they use, and the paragraph that says what to write there in another repository.
_USES = "uses: ./.github/actions/campaigns"
_ELSEWHERE = re.compile(r"#\n# In another repository,.*\n(?:# .+\n)*")
_ACTION = re.compile(r"\w[\w.-]*/[\w.-]+(/[\w.-]+)*@[0-9a-f]{40}", re.ASCII)
# The file that GitLab begins with.
_INCLUDES = """\
include:
  - local: .gitlab/campaigns.yml
"""
_FROM = """
variables: # the reconciler that wrote this; another commit is another version
  RECONCILER_REPOSITORY: {}
  RECONCILER_COMMIT: {}
"""
_WHERE = {
    "github": f"\nThe workflows need to know where reconciler is on GitHub: see `{_USES}` in them.",
    "gitlab": "\nThe jobs need some variables of the project: see the first lines of .gitlab/campaigns.yml, which "
    ".gitlab-ci.yml has to include.",
}
_IGNORED = ".reconciler/"
_IGNORING = frozenset({_IGNORED, ".reconciler", "/.reconciler/", "/.reconciler"})


def _checked_action(_: click.Context, __: click.Parameter, action: str | None) -> str | None:
    if action and not _ACTION.fullmatch(action):
        raise click.BadParameter("write OWNER/REPO/.github/actions/campaigns@HASH, with the full hash of a commit")
    return action


@options.values
class InitRequest:
    """The folder that a repository begins in, and the action that its workflows use."""

    folder: Path = options.argument(metavar="[DIR]", default=Path(), type=click.Path(path_type=Path, file_okay=False))
    action: str | None = options.option(
        "--action",
        metavar="ACTION",
        callback=_checked_action,
        help="The action of the workflows, as OWNER/REPO/.github/actions/campaigns@HASH: where reconciler is on "
        "GitHub. Known by itself where it was installed from there.",
    )
    ci: str = options.option(
        "--ci",
        type=click.Choice(["github", "gitlab"]),
        default="github",
        show_default=True,
        help="Whose CI plans and applies the campaigns.",
    )


@options.command(InitRequest, short_help="Begin a repository of campaigns.")
def command(given: InitRequest) -> int:
    """Write what a repository of campaigns begins with into DIR, by default the current folder.

    That is an example campaign, the schemas that editors check campaigns with, workflows for GitHub Actions or
    jobs for GitLab CI, and a line for .gitignore. What is there already is left as it is. Needs no network and no
    token.

    \b
    Examples:
      reconciler init
      reconciler init calls
      reconciler init --ci gitlab
    """
    folder, origin = given.folder, installed_from()
    action = given.action or (origin and origin.action)
    if given.action and given.ci != "github":
        msg = "--action is for --ci github: GitLab's jobs are told by RECONCILER_REPOSITORY and RECONCILER_COMMIT"
        raise UsageError(msg)
    workflows = [*(_workflows(folder, action) if given.ci == "github" else _jobs(folder, origin))]
    for line in (*_example(folder), *_schemas(folder), *workflows, _ignored(folder)):
        out(clean(line))
    known = action if given.ci == "github" else None
    if not known and any(line.startswith("wrote") for line in workflows):
        out(_WHERE[given.ci])
    for line in _next(folder):
        out(clean(line))
    return 0


def workflow_folder() -> Path:
    """Where the workflows are: inside the package when installed, under .github in a source checkout."""
    return _shipped("workflows", ".github/workflows")


def gitlab_folder() -> Path:
    """Where the jobs for GitLab are: inside the package when installed, under .gitlab in a source checkout."""
    return _shipped("gitlab", ".gitlab")


def _shipped(name: str, source: str) -> Path:
    package = Path(__file__).parent.parent.parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / source


def _example(folder: Path) -> Iterator[str]:
    campaigns = folder / "campaigns"
    if campaigns.exists():
        yield f"left {campaigns}: it is there already, so it gets no example"
    else:
        yield _new(campaigns / "example.yaml", _EXAMPLE)


def _schemas(folder: Path) -> Iterator[str]:
    for name in ("campaign.schema.json", "environment.schema.json", "holds.schema.json"):
        yield _new(folder / "schemas" / name, (schema_folder() / name).read_text(encoding="utf-8"))


def _workflows(folder: Path, action: str | None) -> Iterator[str]:
    for path in sorted(workflow_folder().glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if _USES not in text:
            continue  # it checks reconciler itself
        if action:
            text = _ELSEWHERE.sub("", text).replace(_USES, f"uses: {action}")
        yield _new(folder / ".github" / "workflows" / path.name, text)


def _jobs(folder: Path, origin: Origin | None) -> Iterator[str]:
    for name in ("campaigns.yml", "note.py"):
        yield _new(folder / ".gitlab" / name, (gitlab_folder() / name).read_text(encoding="utf-8"))
    where = _FROM.format(origin.repository, origin.commit) if origin else ""
    yield _new(folder / ".gitlab-ci.yml", _INCLUDES + where)


def _new(path: Path, text: str) -> str:
    return f"wrote {path}" if disk.write_new(path, text) else f"left {path}: it is there already"


def _ignored(folder: Path) -> str:
    """Keep the journal and the sandbox out of git; lines that are there stay."""
    path = folder / ".gitignore"
    if disk.write_new(path, f"{_IGNORED}\n"):
        return f"wrote {path}"
    was = disk.content(str(path))
    if not _IGNORING.isdisjoint(was.decode(errors="replace").splitlines()):
        return f"left {path}: it names {_IGNORED} already"
    disk.rewrite(str(path), was, was + (b"" if was.endswith(b"\n") or not was else b"\n") + f"{_IGNORED}\n".encode())
    return f"added {_IGNORED} to {path}"


def _next(folder: Path) -> Iterator[str]:
    yield from ("", "Next:")
    if folder != Path():
        yield f"  cd {folder}"
    yield "  reconciler validate"
    yield "  reconciler plan --sandbox  # against a stand-in for the API: needs no account"
    yield f"  reconciler plan            # against your account: needs {TOKEN_VARIABLE}"
    if os.environ.get(TOKEN_VARIABLE, "").strip():
        yield from ("", f"{TOKEN_VARIABLE} is set. To get a file for each campaign that you have:")
        yield "  reconciler import"

"""Every command has help worth reading and stands in the README; what the documents name is there."""

from __future__ import annotations

import itertools
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from reconciler import __version__
from reconciler.cli.main import cli
from tests.proof.test_cuts import NUMBER_OF_CUTS
from tests.support import tables
from tests.support.command_line import Desk, Ran, desk

__all__ = ["desk"]

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command}


COMMANDS = _commands()


def _examples(command: click.Command) -> list[str]:
    """The lines below `Examples:` in a command's help."""
    _, _, below = (command.help or "").partition("Examples:\n")
    return [line.strip() for line in below.splitlines() if line.strip()]


def _arguments(example: str) -> list[str]:
    """What stands behind `reconciler` in an example, up to where the shell sends the output."""
    words = shlex.split(example.partition(" > ")[0])
    return words[words.index("reconciler") + 1 :]


EXAMPLES = [example for command in [cli, *COMMANDS.values()] for example in _examples(command)]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_with_an_example_of_itself(name: str) -> None:
    assert [example for example in _examples(COMMANDS[name]) if _arguments(example)[0] == name] != []
    assert (COMMANDS[name].help or "").partition("\n\n")[0].endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_says_of_itself(name: str) -> None:
    shown = cli.get_help(click.Context(cli, max_content_width=200, terminal_width=200))

    assert re.search(rf"^  {name} +{re.escape(COMMANDS[name].short_help or '-')}$", shown, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str) -> None:
    options = [option for option in COMMANDS[name].params if isinstance(option, click.Option)]

    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_command_line_that_is_understood(example: str) -> None:
    name, *arguments = _arguments(example)

    assert COMMANDS[name].make_context(name, arguments).args == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_in_the_readme(name: str) -> None:
    assert f"\n- `reconciler {name}` " in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    assert set(re.findall(r"\breconciler ([a-z]+)\b", README)) - COMMANDS.keys() == set()


def test_the_readme_names_no_option_that_is_not_there() -> None:
    known = {name for command in COMMANDS.values() for option in command.params for name in option.opts}

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - known - {"--help"} == set()


def test_the_changelog_knows_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert __version__ in headings[0]


def test_every_benchmark_is_told_how_to_run() -> None:
    told = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in (ROOT / "benchmarks").glob("*.py") if f"benchmarks/{path.name}" not in told] == []


def test_every_place_that_coverage_leaves_out_is_there() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]["run"]

    assert [place for place in settings["omit"] if not any(ROOT.glob(place))] == []


def test_the_pre_commit_hook_runs_a_command_that_is_there() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, name = hook["entry"].split()

    assert (program, name in COMMANDS, hook["pass_filenames"]) == ("reconciler", True, False)
    assert all(re.search(hook["files"], f"campaigns/production/{name}") for name in ("_defaults.yml", "a.YAML"))


def test_the_readme_says_how_often_an_apply_is_cut() -> None:
    assert f"in {NUMBER_OF_CUTS:,} ways" in README


PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md"))}
GUIDE = "\n".join(PAGES.values())
_SCRIPT = re.compile(r"(?ms)(?<=^```sh\n).*?(?=^```$)")
_INLINE = re.compile(r"(?<=`)reconciler [a-z]+ [^`]+(?=`)")
# Command lines that are not run, since they are about places that are not here.
LINES = sorted({line for block in _SCRIPT.findall(GUIDE) for line in block.splitlines()} | {*_INLINE.findall(GUIDE)})
FILES = re.findall(r"(?ms)^```yaml\n# (campaigns/\S+)\n(.*?)^```$", GUIDE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`reconciler ([a-z]+)", GUIDE))))
def test_a_command_of_the_guide_is_one(name: str) -> None:
    assert name in COMMANDS


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`(--[a-z-]+)", GUIDE))))
def test_an_option_of_the_guide_is_one(option: str) -> None:
    known = {opt for command in COMMANDS.values() for param in command.params for opt in param.opts}

    assert option in known | {"--help"}


@pytest.mark.parametrize("line", [line for line in LINES if re.match(r"(\w+=\S+ )?reconciler ", line)])
def test_a_command_line_of_the_guide_is_understood(line: str) -> None:
    words = shlex.split(line, comments=True)
    name, *arguments = itertools.takewhile(lambda word: word not in ">|&", words[words.index("reconciler") + 1 :])

    assert COMMANDS[name].make_context(name, arguments).args == []


@pytest.mark.parametrize(("file", "text"), FILES, ids=[file for file, _ in FILES])
def test_a_file_of_the_guide_is_valid(file: str, text: str, desk: Desk) -> None:
    desk.write(file, text)
    if Path(file).name.startswith("_"):
        desk.write(str(Path(file).with_name("one.yaml")), "name: One\n")

    assert desk.run("validate") == Ran(0, "", "1 campaign checked, no problems\n")


def test_the_rules_of_the_guide_are_valid(desk: Desk) -> None:
    ((file, text),) = re.findall(r"(?ms)^```yaml\n# (rules/\S+)\n(.*?)^```$", GUIDE)
    desk.write(file, text)
    desk.write("campaigns/_environment.yaml", f"legal_profiles: [../{file}]\nlegal: error\n")
    desk.write("campaigns/one.yaml", "name: One\n")

    assert desk.run("validate") == Ran(0, "", "1 campaign checked, no problems\n")


@pytest.mark.parametrize("page", [page for page in PAGES if tables.shown(PAGES[page])])
def test_a_table_of_the_guide_is_made_from_its_source(page: str) -> None:
    shown = tables.shown(PAGES[page])

    assert shown == {name: tables.TABLES[name]() for name in shown}, "python -m tests.system.test_readme renews it"


@pytest.mark.parametrize("page", PAGES)
def test_the_heading_that_a_page_links_to_is_there(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", PAGES[page])

    assert [anchor for link, anchor in links if anchor and anchor not in _anchors(link or f"{page}.md")] == []


def _anchors(link: str) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / link).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"guide", "architecture"}))
def test_a_page_stands_in_the_guide(page: str) -> None:
    assert f"]({page}.md)" in PAGES["guide"]

"""The schema in an editor, over the protocol of editors: yaml-language-server is what they ask about YAML."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pytest

ROOT = Path(__file__).parents[2]
SERVER = shutil.which("yaml-language-server")
MODELINE = f"# yaml-language-server: $schema={(ROOT / 'schemas/campaign.schema.json').as_uri()}\n"


class Editor:
    """As much of an editor as it takes to open texts, and to ask what can stand where."""

    def __init__(self, program: str) -> None:
        self._server = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._sent = 0

    def __enter__(self) -> Self:
        snippets = {"completion": {"completionItem": {"snippetSupport": True}}, "publishDiagnostics": {}}
        told = {"textDocument": snippets, "workspace": {"configuration": True}}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": told})
        self._send({"method": "initialized", "params": {}})
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._server.communicate()

    def open(self, text: str) -> tuple[str, list[str]]:
        """Open a text as a new file: its address, and what the editor marks in it, as `line: message`."""
        self._sent += 1
        uri = f"file:///campaigns/{self._sent}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": MODELINE + text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        told = self._until("method", "textDocument/publishDiagnostics")["params"]["diagnostics"]
        return uri, [f"{one['range']['start']['line']}: {one['message']}" for one in told]

    def offered(self, text: str) -> Mapping[str, str]:
        """What the editor offers at the end of a text: what would be inserted, by its label."""
        uri, _ = self.open(text + "\n")
        place = {"line": 1 + text.count("\n"), "character": len(text.rpartition("\n")[2])}
        answer = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
        return {item["label"]: item["insertText"] for item in answer["items"]}

    def ask(self, method: str, params: object) -> Any:  # noqa: ANN401 - as the protocol has it
        self._sent += 1
        self._send({"id": self._sent, "method": method, "params": params})
        return self._until("id", self._sent)["result"]

    def _send(self, message: Mapping[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _until(self, key: str, value: object) -> Any:  # noqa: ANN401 - as the protocol has it
        """The next message with a value that is no question to us; questions on the way are answered."""
        while True:
            message = self._received()
            if "method" in message and "id" in message:
                items = message["params"].get("items", ())
                settings = {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}
                found = [settings if item.get("section") == "yaml" else {} for item in items]
                self._send({"id": message["id"], "result": found or None})
            elif message.get(key) == value:
                return message

    def _received(self) -> Any:  # noqa: ANN401 - as the protocol has it
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline().strip():
            if found := re.fullmatch(rb"Content-Length: (\d+)", line):
                length = int(found[1])
        return json.loads(self._server.stdout.read(length))


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    if SERVER is None:
        pytest.skip("yaml-language-server is not installed: npm install --global yaml-language-server")
    with Editor(SERVER) as editor:
        yield editor


def test_what_is_wrong_is_marked_in_words_and_not_as_a_pattern(editor: Editor) -> None:
    _, told = editor.open(
        'id: "a b"\nname: A\nstart_date: soon\ncall_time_ranges: [{start: "9", end: "10:00"}]\n'
        'do_not_call_custom_list: ["12"]\nnonsense: 1\n'
    )

    assert [line for line in sorted(told) if "RFC3339" not in line] == [
        "1: not an id: 1 to 64 letters, digits, - and _",
        "3: not a date: write YYYY-MM-DD, such as 2026-01-31",
        "4: not a time: write HH:MM, such as 09:30, 23:59 at the latest",
        "5: not a phone number in E.164 form: + and 7 to 15 digits, in quotes",
        "6: Property nonsense is not allowed.",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "campaigns").rglob("[!_]*.yaml")), ids=lambda path: path.name)
def test_nothing_is_marked_in_a_campaign_that_is_right(editor: Editor, path: Path) -> None:
    assert editor.open(path.read_text(encoding="utf-8"))[1] == []


def test_zones_are_offered_and_others_are_allowed(editor: Editor) -> None:
    assert {"America/New_York", "Europe/Berlin", "Asia/Tokyo"} <= editor.offered("timezone: ").keys()
    assert editor.open("name: A\ntimezone: Europe/Vilnius\n")[1] == []


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("status: ", {"draft", "active", "paused", "completed", "cancelled"}),
        ("auto_complete: ", {"true", "false"}),
        ("start_date: ", {"2026-01-05"}),
        ("days_of_week: ", {"[1,2,3,4,5]"}),
        ("call_time_ranges:\n  - start: ", {"09:00"}),
        ("max_retries: ", {"3"}),
    ],
)
def test_values_that_can_stand_there_are_offered(editor: Editor, text: str, offered: set[str]) -> None:
    assert set(editor.offered(text)) == offered


def test_no_field_is_completed_with_a_value_that_looks_like_a_default(editor: Editor) -> None:
    properties = json.loads((ROOT / "schemas/campaign.schema.json").read_text(encoding="utf-8"))["properties"]
    inserted = editor.offered("name: A\n")
    examples = {name: str(part["examples"][0]) for name, part in properties.items() if "examples" in part}
    filled = {name: found[1] for name, text in inserted.items() if (found := re.search(r": \$\{1:(.*)\}$", text))}

    assert inserted.keys() == properties.keys() - {"name"}
    # Placeholders, which the next key that is typed replaces.
    assert filled == {name: examples[name] for name in filled}

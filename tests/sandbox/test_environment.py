"""Several tokens: each opens an environment of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.sandbox import SANDBOX_TOKEN, Bench, Sandbox, SandboxSettings
from tests.sandbox.conftest import PLENTY, talking_to
from tests.sandbox.test_handlers import NEW

STAGING = "talq_staging"


def test_a_token_sees_its_own_campaigns_alone() -> None:
    with Sandbox(settings=PLENTY, more_tokens=[STAGING]) as sandbox:
        sandbox.put_campaign({"id": "c-1"})
        sandbox.environment(STAGING).put_campaign({"id": "c-2"})
        with talking_to(sandbox) as first, talking_to(sandbox, STAGING) as second:
            seen = [
                [client.get(f"/campaigns/{name}").status_code for name in ("c-1", "c-2")] for client in (first, second)
            ]
            made = second.post("/campaigns", json=NEW).json()["data"]["id"]

        assert seen == [[200, 404], [404, 200]]
        assert (set(sandbox.campaigns()), set(sandbox.environment(STAGING).campaigns())) == ({"c-1"}, {"c-2", made})
        assert [record.token for record in sandbox.requests] == [SANDBOX_TOKEN] * 2 + [STAGING] * 3


def test_each_token_has_a_rate_limit_of_its_own() -> None:
    settings = SandboxSettings(rate_limit=1)
    with Sandbox(settings=settings, more_tokens=[STAGING]) as sandbox:
        with talking_to(sandbox) as first, talking_to(sandbox, STAGING) as second:
            statuses = [client.get("/agents").status_code for client in (first, second, first)]

        assert statuses == [200, 200, 429]


def test_a_further_environment_is_kept_beside_the_first_and_begins_empty(tmp_path: Path) -> None:
    kept = []
    for _ in range(2):
        with Bench(tmp_path / "sandbox.db", more_tokens=[STAGING], sample_data=True) as bench:
            kept.append((len(bench.campaigns()), list(bench.environment(STAGING).campaigns())))
            bench.environment(STAGING).put_campaign({"id": "c-1"})

    assert kept == [(8, []), (8, ["c-1"])]
    assert (tmp_path / "sandbox-talq_staging.db").exists()


def test_a_token_that_cannot_name_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names its file"), Bench(tmp_path / "sandbox.db", more_tokens=["../up"]):
        pass


def test_numbers_of_opt_outs_are_fiction_and_never_the_same() -> None:
    with Bench() as bench:
        bench.put_campaign({"id": "c-1"})
        numbers = [bench.add_opt_out("c-1") for _ in range(101)]

        assert (numbers[0], numbers[-1], len(set(numbers))) == ("+12015550100", "+12025550100", 101)
        assert bench.campaign("c-1")["do_not_call_custom_list"] == numbers

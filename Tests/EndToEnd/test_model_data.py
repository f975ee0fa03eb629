"""The data file of models, and the script that brings it up to date."""

import csv
import json
import re
import subprocess
import sys
import zipfile

import pytest

from support import REPOSITORY

SCRIPT = REPOSITORY / "scripts/models"
DATA = REPOSITORY / "data/models.csv"
LISTED = "litellm/model_prices_and_context_window_backup.json"
PRICES = {
    "gpt-x": {
        "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "max_output_tokens": 100, "input_cost_per_token": 2.5e-06,
        "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 2.5e-07, "supports_function_calling": True,
        "deprecation_date": "2030-01-02", "input_cost_per_token_above_272k_tokens": 5e-06, "output_cost_per_token_above_272k_tokens": 2.25e-05,
        "input_cost_per_token_above_272k_tokens_priority": 1, "supports_none_reasoning_effort": False, "supports_minimal_reasoning_effort": True,
        "thinking_always_on": True, "supports_sampling_params": False,
    },
    "dashscope/qwen-x": {
        "litellm_provider": "dashscope", "mode": "chat", "max_tokens": 500,
        "tiered_pricing": [
            {"range": [0, 32000.0], "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
            {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06, "cache_read_input_token_cost": 3e-07},
        ],
    },
    "vertex_ai/gemini-x": {"litellm_provider": "vertex_ai", "mode": "chat"},
    "vertex_ai/claude-x": {"litellm_provider": "vertex_ai", "mode": "chat"},
    "container": {"litellm_provider": "openai", "mode": "chat"},
    "dall-e": {"litellm_provider": "openai", "mode": "image_generation"},
    "nobody/x": {"litellm_provider": "nobody", "mode": "chat"},
    "sample_spec": {"litellm_provider": "one of …", "mode": "one of: chat", "max_input_tokens": "max input tokens"},
}


def update(prices, data):
    return subprocess.run([sys.executable, SCRIPT, prices, data], capture_output=True, text=True)


def rows(path):
    with path.open(newline="") as file:
        return {(row["provider"], row["model"]): row for row in csv.DictReader(file)}


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "models.csv"
    path.write_text(
        "provider,model,context_tokens,input_usd_per_million,api\n"
        "openai,container,,,chat\nopenai,gpt-old,77,9.5,chat\nopenai,gpt-x,900,2.5,chat\n")
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_the_list_updates_the_file_and_what_it_forgot_stays(tmp_path, data, packed):
    prices = tmp_path / "prices"
    prices.write_text(json.dumps(PRICES))
    if packed:
        with zipfile.ZipFile(tmp_path / "litellm.whl", "w") as wheel:
            wheel.write(prices, LISTED)
        prices = tmp_path / "litellm.whl"
    done = update(prices, data)
    assert done.returncode == 0, done
    assert "openai:gpt-x context_tokens 900 → 1000" in done.stdout and "alibaba:qwen-x new" in done.stdout
    assert done.stdout.endswith("4 models, 2 of them new; 1 are no longer in the list and stay.\n")
    found = rows(data)
    assert set(found) == {("openai", "gpt-old"), ("openai", "gpt-x"), ("alibaba", "qwen-x"), ("google_vertex", "gemini-x")}
    assert found["openai", "gpt-old"]["input_usd_per_million"] == "9.5"
    assert {key: value for key, value in found["openai", "gpt-x"].items() if value not in ("", "0")} == {
        "provider": "openai", "model": "gpt-x", "context_tokens": "1000", "max_output_tokens": "100", "input_usd_per_million": "2.5",
        "output_usd_per_million": "15.0", "cache_read_usd_per_million": "0.25", "tools": "1", "api": "chat", "retires_on": "2030-01-02",
        "long_prompts": "272000:5.0/22.5//", "thinking": "always", "efforts": "minimal low medium high"}
    assert found["openai", "gpt-x"]["sampling"] == "0" and found["alibaba", "qwen-x"]["sampling"] == ""
    assert found["alibaba", "qwen-x"]["input_usd_per_million"] == "1.0" and found["alibaba", "qwen-x"]["context_tokens"] == "500"
    assert found["alibaba", "qwen-x"]["long_prompts"] == "32000:2.0/4.0/0.3/"
    before = data.read_bytes()
    again = update(prices, data)
    assert data.read_bytes() == before and again.stdout.count("\n") == 1


def test_a_list_that_cannot_be_read_changes_nothing(tmp_path, data):
    prices, before = tmp_path / "prices", data.read_bytes()
    for text in ["", "[]", "{", json.dumps({"gpt-x": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": "many"}}), "{}"]:
        prices.write_text(text)
        done = update(prices, data)
        assert done.returncode != 0 and "Traceback" not in done.stderr and str(prices) in done.stderr, done
        assert data.read_bytes() == before
    assert update(tmp_path / "missing", data).returncode != 0
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".new"] == []


def test_the_file_is_whole():
    found = rows(DATA)
    assert list(found) == sorted(found) and len(found) > 2_000 and len(DATA.read_text().splitlines()) == len(found) + 1
    number = r"\d+(\.\d+)?(e-\d+)?"
    for key, row in found.items():
        assert None not in row and None not in row.values() and all(row[part] for part in ("provider", "model", "api")), key
        for column, cell in row.items():
            assert "," not in cell and '"' not in cell
            if column.endswith("_tokens") or column.endswith("_per_million"):
                assert not cell or re.fullmatch(number, cell), (key, column)
            if column in ("tools", "vision", "reasoning", "prompt_caching"):
                assert cell in "01", (key, column)
        for tier in filter(None, row["long_prompts"].split(";")):
            assert re.fullmatch(rf"\d+:{number}/{number}/({number})?/({number})?", tier), (key, tier)
        assert row["thinking"] in ("", "always", "default") and row["sampling"] in ("", "0")
        assert set(row["efforts"].split()) <= {"none", "minimal", "low", "medium", "high", "xhigh", "max"}
        if row["long_prompts"]:
            assert row["input_usd_per_million"] and row["output_usd_per_million"], key

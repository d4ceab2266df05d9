"""The log of a function, as it is in CloudWatch."""

from __future__ import annotations

import json
import re

from tests.sandbox.functions.lab import Lab

SPEAKS = """
import logging, sys

print("loading")

def handler(event, context):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    logging.getLogger().warning("with care")
    sys.stdout.write("no end")
"""


def test_the_lines_of_a_cold_and_of_a_warm_invocation(lab: Lab) -> None:
    name = lab.deploy(SPEAKS, Publish=True)
    cold, warm = (lab.invoke(name, qualifier="1") for _ in range(2))
    messages = lab.logged(name)
    assert all(message.endswith("\n") for message in messages)
    said = [
        re.sub(r"[0-9a-f-]{36}", "ID", re.sub(r"\d+\.\d\d ms", "N ms", message)).rstrip("\n")
        for message in messages
    ]
    said = [re.sub(r"Z\tID|\d{4}-\d\d-\d\dT[\d:.]+", "", each) for each in said]
    said = [re.sub(r"(Billed Duration|Max Memory Used): \d+", r"\1: N", each) for each in said]
    common = ["to stdout", "to stderr", "[WARNING]\t\twith care", "no end", "END RequestId: ID"]
    report = "REPORT RequestId: ID\tDuration: N ms\tBilled Duration: N ms\tMemory Size: 128 MB"
    used = "\tMax Memory Used: N MB" if "Max Memory" in said[-1] else ""
    assert re.fullmatch(r"INIT_START Runtime Version: python:3\.\d+\.\d+", said[0])
    assert [each for each in said[1:] if not each.startswith("[tfgen]")] == [
        "loading",
        "START RequestId: ID Version: 1",
        *common,
        f"{report}{used}\tInit Duration: N ms\t",
        "START RequestId: ID Version: 1",
        *common,
        f"{report}{used}\t",
    ]
    ids = re.findall(r"START RequestId: (\S+)", "".join(messages))
    assert ids == [cold.request_id, warm.request_id]


def test_the_end_of_the_log_comes_with_the_answer(lab: Lab) -> None:
    name = lab.deploy("def handler(event, context):\n    for n in range(2000): print(n)")
    lab.invoke(name)
    log = lab.invoke(name).log
    assert len(log) == 4096
    assert b"\n1999\nEND RequestId: " in log


def test_each_process_has_a_stream(lab: Lab) -> None:
    name = lab.deploy("import os\ndef handler(event, context):\n    if event: os._exit(1)")
    lab.invoke(name)
    lab.invoke(name, {"die": 1})
    lab.invoke(name)
    streams = lab.client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    names = [each["logStreamName"] for each in streams["logStreams"]]
    assert len(names) == 2
    pattern = r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}"
    assert all(re.fullmatch(pattern, each) for each in names)


def test_a_group_of_its_own(lab: Lab) -> None:
    name = lab.deploy(SPEAKS, LoggingConfig={"LogFormat": "Text", "LogGroup": "/own/group"})
    lab.invoke(name)
    assert "to stdout\n" in lab.logged(name, "/own/group")
    lab.client("logs").delete_log_group(logGroupName="/own/group")
    lab.invoke(name)
    assert "to stdout\n" in lab.logged(name, "/own/group")


def test_json(lab: Lab) -> None:
    code = """
import logging

def handler(event, context):
    logging.getLogger().info("low")
    logging.getLogger().warning("with care")
    if event: raise ValueError("no")
"""
    name = lab.deploy(code, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "WARN"})
    done = lab.invoke(name)
    lines = [json.loads(message) for message in lab.logged(name)]
    kinds = [line.get("type") or line["level"] for line in lines]
    assert [kind for kind in kinds if kind != "tfgen.notice"] == [
        "platform.initStart",
        "platform.start",
        "WARN" if "WARN" in kinds else "WARNING",
        "platform.report",
    ]
    assert lines[-2]["message"] == "with care"
    assert lines[-2]["requestId"] == done.request_id
    report = lines[-1]["record"]
    assert (report["requestId"], report["status"]) == (done.request_id, "success")
    assert report["metrics"]["memorySizeMB"] == 128
    assert report["metrics"]["initDurationMs"] > 0
    lab.invoke(name, {"fail": 1})
    failed = [json.loads(message) for message in lab.logged(name)][-2]
    assert (failed["level"], failed["errorType"]) == ("ERROR", "ValueError")


def test_json_without_what_is_usual(lab: Lab) -> None:
    name = lab.deploy(
        """
import time

def handler(event, context):
    print("own")
    if event: time.sleep(600)
""",
        Timeout=2,
        LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "WARN"},
    )
    lab.invoke(name)
    assert lab.logged(name)[-1:] == ["own\n"]
    lab.invoke(name, {"sleep": 1})
    record = json.loads(lab.logged(name)[-1])
    assert (record["type"], record["record"]["status"]) == ("platform.report", "timeout")

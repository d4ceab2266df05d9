#!/usr/bin/env bash
# Moto keeps every model object that it made, also when the resource was deleted.
#
# Each class that derives from BaseModel has a list, instances_tracked, for the dashboard of the
# server, and each new object is appended to it. Nothing takes an object off it when the resource is
# deleted; only a reset of all of moto's state empties the lists. One expects that the memory of a
# long-running server follows what exists in it. It follows what ever existed instead: each line of a
# log is an object of its own, so a server grows with every log event, even if the groups are deleted.
#
# Seen with moto 5.2.5 and boto3 1.44.5, where each round creates a group with a stream and 10 events,
# and deletes the group:
#   round 1: 0 groups exist; kept: 1 LogGroup, 1 LogStream, 10 LogEvent; the group is alive
#   round 2: 0 groups exist; kept: 2 LogGroup, 2 LogStream, 20 LogEvent; the group is alive
#   round 3: 0 groups exist; kept: 3 LogGroup, 3 LogStream, 30 LogEvent; the group is alive
#   after a reset: kept: 0 LogGroup, 0 LogStream, 0 LogEvent; 0 of 3 groups are alive
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "moto[logs]==5.2.5" boto3==1.44.5

"$folder/venv/bin/python" - <<'PYTHON'
import gc
import sys
import time
import weakref

import boto3
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.logs.models import LogEvent, LogGroup, LogStream, logs_backends

REGION, NAME, EVENTS, ROUNDS = "us-east-1", "application", 10, 3
MODELS = (LogGroup, LogStream, LogEvent)


def kept() -> list[int]:
    """Returns how many objects of each class moto still refers to."""
    gc.collect()
    return [len(model.instances_tracked) for model in MODELS]


def listed(counts: list[int]) -> str:
    return ", ".join(f"{n} {model.__name__}" for n, model in zip(counts, MODELS, strict=True))


changed = False
references = []
with mock_aws():
    logs = boto3.client("logs", region_name=REGION)
    for number in range(1, ROUNDS + 1):
        logs.create_log_group(logGroupName=NAME)
        logs.create_log_stream(logGroupName=NAME, logStreamName="stream")
        now = int(time.time() * 1000)
        logs.put_log_events(
            logGroupName=NAME,
            logStreamName="stream",
            logEvents=[{"timestamp": now, "message": f"line {i}"} for i in range(EVENTS)],
        )
        references.append(weakref.ref(logs_backends[DEFAULT_ACCOUNT_ID][REGION].groups[NAME]))
        logs.delete_log_group(logGroupName=NAME)

        exist = len(logs.describe_log_groups()["logGroups"])
        counts = kept()
        alive = references[-1]() is not None
        print(
            f"round {number}: {exist} groups exist; kept: {listed(counts)};",
            f"the group is {'alive' if alive else 'gone'}",
        )
        changed |= exist != 0 or counts != [number, number, number * EVENTS] or not alive

# The end of the last mock resets moto.
counts = kept()
alive = sum(reference() is not None for reference in references)
print(f"after a reset: kept: {listed(counts)}; {alive} of {ROUNDS} groups are alive")
if changed or counts != [0, 0, 0] or alive:
    sys.exit("The behavior has changed.")
PYTHON

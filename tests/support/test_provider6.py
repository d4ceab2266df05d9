"""What stands in for provider 6 asks providers of version 5, and answers as version 6 does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import msgpack
import pytest

from tests.support.processes import Process, Processes
from tests.support.provider6 import Calls, Provider6
from tests.support.regions import Regions
from tests.support.relay import PROVIDER, SCHEMA, Relay
from tests.support.tfplugin import UNKNOWN, Message, pack_value, unpack_value

HOME, AWAY = "us-east-1", "eu-west-1"
QUEUE, ROLE, BUCKET = "aws_sqs_queue", "aws_iam_role", "aws_s3_bucket"
TABLE, PERMISSION = "aws_dynamodb_table", "aws_lambda_permission"
FUNCTION = "aws_lambda_function"
CONFIG = {"region": HOME, "default_tags": [{"tags": {"team": "edge"}}]}
REFINED = msgpack.ExtType(12, b"\x81\x01\xc2")

# What each answer has of a resource, and where the request had it.
ECHOED = {
    "ReadResource": (1, 2),
    "PlanResourceChange": (1, 3),
    "ApplyResourceChange": (1, 3),
    "ReadDataSource": (1, 2),
}


def message(**fields: bytes | str | int) -> bytes:
    """Returns a message: ``_1="text"`` is the field 1."""
    made = Message()
    for name, value in fields.items():
        made.set(int(name[1:]), value.encode() if isinstance(value, str) else value)
    return made.pack()


def attribute(name: str) -> bytes:
    return message(_1=name, _2='"string"')


def schema() -> bytes:
    """Returns what version 5 answers: some types, with what the tests look at."""
    replica = Message(message(_1="replica", _2=message(_2=attribute("region_name")), _3=3))
    answer = Message()
    for name in (QUEUE, ROLE, BUCKET, TABLE, PERMISSION, FUNCTION):
        body = Message(message(_1=3))
        body.add(2, attribute("id"))
        if name == BUCKET:
            body.add(2, message(_1="region", _2='"string"', _6=1))
        if name == TABLE:
            body.add(3, replica.pack())
        answer.add(2, message(_1=name, _2=message(_1=1, _2=body.pack())))
    answer.add(3, message(_1="aws_caller_identity", _2=message(_2=message(_2=attribute("id")))))
    return answer.pack()


class FakeProcess(Process):
    """A provider of version 5 that answers with what it is asked.

    Args:
        world: remembers what it is asked.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.config: dict[str, Any] = {}
        self.working = False
        self.ended = False

    @property
    def busy(self) -> bool:
        return self.working

    def close(self) -> None:
        self.ended = True

    def ask(self, method: str, request: bytes) -> bytes:
        name = method.removeprefix(PROVIDER)
        asked = Message(request)
        if method == SCHEMA:
            return schema()
        if name == "Configure":
            self.config = unpack_value(asked.get(2))
            wrong = self.config["region"] == "nowhere"
            return message(_1=message(_1=1 if wrong else 2, _2="no such region"))
        self.world.asked.append((self.config.get("region"), name, asked))
        if name == "UpgradeResourceState":
            return message(_1=pack_value(json.loads(Message(asked.get(3)).get(1))))
        if name == "ImportResourceState":
            state = pack_value({"id": asked.text(2)})
            return message(_1=message(_1=asked.text(1), _2=state, _3=b"private"))
        if name not in ECHOED:
            return b""
        number, source = ECHOED[name]
        answer = Message()
        answer.set(number, asked.get(source))
        answer.set(3, b"private")
        return answer.pack()


@dataclass
class World:
    """What stands in for provider 6, as Terraform sees it, and what is behind.

    Attributes:
        asked: the calls to providers: region, method, request.
        started: the providers.
    """

    asked: list[tuple[str | None, str, Message]] = field(default_factory=list)
    started: list[FakeProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.processes = Processes(self.start)
        types = {QUEUE, ROLE, BUCKET, TABLE, PERMISSION, FUNCTION, "aws_caller_identity"}
        self.provider = Provider6(Relay(types, {}), self.processes)
        self.regions = Regions(self.processes)
        self.calls = Calls(self.provider, self.regions)
        self.call("Configure", _2=pack_value(CONFIG))

    def start(self) -> Process:
        self.started.append(FakeProcess(self))
        return self.started[-1]

    def call(self, name: str, **fields: bytes | str | int) -> Message:
        return Message(self.calls.answer(f"{PROVIDER}{name}", message(**fields)))

    def plan(self, name: str, before: Any, config: Any) -> Message:
        proposed = config and {**config, **(before or {}), **{k: v for k, v in config.items() if v}}
        values = {"_2": before, "_3": proposed, "_4": config}
        packed = {number: pack_value(value) for number, value in values.items()}
        return self.call("PlanResourceChange", _1=name, **packed, _7=message(_1=1))

    def apply(self, name: str, before: Any, planned: Any) -> Message:
        values = {"_2": before, "_3": planned, "_4": planned}
        packed = {number: pack_value(value) for number, value in values.items()}
        return self.call("ApplyResourceChange", _1=name, **packed)


@pytest.fixture
def world() -> World:
    return World()


def replaced_by(answer: Message) -> list[str]:
    return [Message(Message(path).get(1)).text(1) for path in answer.all(2)]


def attributes(body: Message) -> dict[str, tuple[bool, bool]]:
    """Returns which attributes a block has: name → whether it is optional and computed."""
    found = [Message(each) for each in body.all(2)]
    flags = {
        each.text(1): (b"\x28\x01" in each.pack(), b"\x30\x01" in each.pack()) for each in found
    }
    assert len(flags) == len(found)
    return flags


def body_of(answer: Message, number: int, name: str) -> Message:
    [entry] = [Message(each) for each in answer.all(number) if Message(each).text(1) == name]
    return Message(Message(entry.get(2)).get(2))


def test_types_in_a_region_have_an_argument_for_it(world: World) -> None:
    answer = world.call("GetSchema")
    assert attributes(body_of(answer, 2, QUEUE))["region"] == (True, True)
    assert attributes(body_of(answer, 2, BUCKET))["region"] == (True, True)
    assert "region" not in attributes(body_of(answer, 2, ROLE))
    assert "region" not in attributes(body_of(answer, 3, "aws_caller_identity"))


def test_the_schema_has_what_rendered_trees_use_of_version_6(world: World) -> None:
    answer = world.call("GetSchema")
    permission = attributes(body_of(answer, 2, PERMISSION))
    assert permission["invoked_via_function_url"] == (True, False)
    replica, witness = map(Message, body_of(answer, 2, TABLE).all(3))
    names = attributes(Message(replica.get(2)))
    assert names.keys() == {"region_name", "deletion_protection_enabled", "consistency_mode"}
    assert witness.text(1) == "global_table_witness"


def test_a_validation_is_asked_without_the_region(world: World) -> None:
    world.call("ValidateResourceTypeConfig", _1=QUEUE, _2=pack_value({"region": AWAY, "id": "q"}))
    [(region, _, asked)] = world.asked
    assert (region, unpack_value(asked.get(2))) == (HOME, {"id": "q"})


def test_each_region_has_a_provider_that_differs_in_nothing_else(world: World) -> None:
    for region in (AWAY, HOME, AWAY, "eu-west-2"):
        world.plan(QUEUE, None, {"region": region})
    assert [region for region, _, _ in world.asked] == [AWAY, HOME, AWAY, "eu-west-2"]
    assert [process.config for process in world.started] == [
        {**CONFIG, "region": region} for region in (HOME, AWAY, "eu-west-2")
    ]


def test_what_is_planned_keeps_its_region_and_all_that_is_unknown(world: World) -> None:
    config = {"region": AWAY, "id": UNKNOWN, "url": REFINED, "name": "q"}
    answer = world.plan(QUEUE, None, config)
    [(region, _, asked)] = world.asked
    assert (region, unpack_value(asked.get(4))) == (
        AWAY,
        {k: config[k] for k in ("id", "url", "name")},
    )
    assert asked.get(7) == message(_1=1)
    assert unpack_value(answer.get(1)) == config
    assert answer.get(3) == b"private"
    assert replaced_by(answer) == []


def test_what_names_no_region_is_in_that_of_the_provider(world: World) -> None:
    answer = world.plan(QUEUE, None, {"region": None, "name": "q"})
    assert unpack_value(answer.get(1)) == {"region": HOME, "name": "q"}
    read = world.call("ReadDataSource", _1="aws_kms_key", _2=pack_value({"region": None}))
    assert unpack_value(read.get(1)) == {"region": HOME}
    assert [region for region, _, _ in world.asked] == [HOME, HOME]


def test_what_no_longer_names_its_region_stays_there(world: World) -> None:
    before = {"region": AWAY, "name": "q"}
    answer = world.plan(QUEUE, before, {"region": None, "name": "q"})
    assert (unpack_value(answer.get(1)), replaced_by(answer)) == (before, [])


@pytest.mark.parametrize("unknown", [UNKNOWN, REFINED])
def test_a_region_that_is_not_known_yet_stays_unknown(world: World, unknown: Any) -> None:
    answer = world.plan(QUEUE, None, {"region": unknown})
    assert unpack_value(answer.get(1)) == {"region": unknown}


def test_another_region_replaces_a_resource(world: World) -> None:
    answer = world.plan(QUEUE, {"region": HOME}, {"region": AWAY})
    assert replaced_by(answer) == ["region"]
    assert unpack_value(answer.get(1)) == {"region": AWAY}
    # A state of version 5 says nothing of it.
    assert replaced_by(world.plan(QUEUE, {"region": None}, {"region": HOME})) == []
    assert replaced_by(world.plan(QUEUE, {"region": None}, {"region": AWAY})) == ["region"]


def test_a_resource_is_applied_read_and_destroyed_in_its_region(world: World) -> None:
    state = {"region": AWAY, "name": "q"}
    assert unpack_value(world.apply(QUEUE, None, state).get(1)) == state
    read = world.call("ReadResource", _1=QUEUE, _2=pack_value(state), _3=b"mine")
    assert unpack_value(read.get(1)) == state
    planned = world.plan(QUEUE, state, None)
    assert (unpack_value(planned.get(1)), replaced_by(planned)) == (None, [])
    assert unpack_value(world.apply(QUEUE, state, None).get(1)) is None
    assert [region for region, _, _ in world.asked] == [AWAY] * 4
    assert world.asked[1][2].get(3) == b"mine"


def test_a_global_resource_is_left_alone(world: World) -> None:
    config = pack_value({"name": "r", "region": "a tag of ours"})
    answer = world.call("PlanResourceChange", _1=ROLE, _2=pack_value(None), _3=config, _4=config)
    assert answer.get(1) == config
    assert world.asked[0][0] == HOME


def test_an_attribute_of_version_5_that_is_called_region_agrees(world: World) -> None:
    world.plan(BUCKET, None, {"region": AWAY, "name": "b"})
    world.apply(BUCKET, None, {"region": AWAY, "name": "b"})
    answer = world.call("ReadResource", _1=BUCKET, _2=pack_value({"region": AWAY, "name": "b"}))
    told = [
        unpack_value(asked.get(n)) for (_, _, asked), n in zip(world.asked, (4, 3, 2), strict=True)
    ]
    assert [each["region"] for each in told] == [None, UNKNOWN, AWAY]
    assert unpack_value(answer.get(1))["region"] == AWAY


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        (QUEUE, f"q@{AWAY}", (AWAY, "q", {"id": "q", "region": AWAY})),
        (QUEUE, "a@b", (HOME, "a@b", {"id": "a@b", "region": HOME})),
        (ROLE, f"r@{AWAY}", (HOME, f"r@{AWAY}", {"id": f"r@{AWAY}"})),
    ],
)
def test_an_import_is_of_the_region_behind_the_id(
    world: World, name: str, given: str, expected: tuple[str, str, Any]
) -> None:
    answer = world.call("ImportResourceState", _1=name, _2=given)
    [imported] = map(Message, answer.all(1))
    [(region, _, asked)] = world.asked
    assert (region, asked.text(2), unpack_value(imported.get(2))) == expected
    assert imported.get(3) == b"private"


@pytest.mark.parametrize("state", [{"region": AWAY, "id": "q"}, {"id": "q"}])
def test_a_stored_state_keeps_its_region(world: World, state: dict[str, str]) -> None:
    raw = message(_1=json.dumps(state))
    answer = world.call("UpgradeResourceState", _1=QUEUE, _2=1, _3=raw)
    [(_, _, asked)] = world.asked
    assert json.loads(Message(asked.get(3)).get(1)) == {"id": "q"}
    assert unpack_value(answer.get(1)) == {"region": None, **state}


def test_a_region_that_cannot_be_configured_is_an_error(world: World) -> None:
    [diagnostic] = world.plan(QUEUE, None, {"region": "nowhere"}).all(4)
    assert Message(diagnostic).text(2) == "no such region"
    [diagnostic] = world.call("Configure", _2=pack_value({"region": None})).all(1)
    assert "names a region" in Message(diagnostic).text(2)


def test_an_argument_of_version_6_is_kept_and_not_sent(world: World) -> None:
    argument = "invoked_via_function_url"
    config = {"region": HOME, argument: True, "id": "p"}
    answer = world.plan(PERMISSION, None, config)
    assert unpack_value(world.asked[0][2].get(4)) == {"id": "p"}
    assert unpack_value(answer.get(1)) == config
    assert unpack_value(world.apply(PERMISSION, None, config).get(1)) == config
    assert replaced_by(world.plan(PERMISSION, config, config)) == []
    assert replaced_by(world.plan(PERMISSION, config, {**config, argument: None})) == [argument]


def test_another_name_is_translated_for_a_validation(world: World) -> None:
    config = {"region": HOME, "code_sha256": "new", "source_code_hash": None}
    world.call("ValidateResourceTypeConfig", _1=FUNCTION, _2=pack_value(config))
    told = unpack_value(world.asked[0][2].get(2))
    assert told == {"code_sha256": None, "source_code_hash": "new"}


def test_another_name_is_translated(world: World) -> None:
    def function(here: str | None, there: str | None) -> dict[str, Any]:
        return {"region": HOME, "code_sha256": here, "source_code_hash": there}

    def told() -> list[Any]:
        _, _, asked = world.asked.pop()
        values = [unpack_value(asked.get(number)) for number in (2, 3, 4)]
        return [value and (value["code_sha256"], value["source_code_hash"]) for value in values]

    answer = world.plan(FUNCTION, None, function("new", None))
    assert told() == [None, (UNKNOWN, "new"), (None, "new")]
    assert unpack_value(answer.get(1)) == function("new", None)
    # It is another code that Lambda has.
    answer = world.plan(FUNCTION, function("old", None), function("new", None))
    assert told() == [("old", "old"), (UNKNOWN, "new"), (None, "new")]
    assert unpack_value(answer.get(1)) == function("new", None)
    answer = world.apply(FUNCTION, function("old", None), function("new", None))
    assert told() == [("old", "old"), (UNKNOWN, "new"), (None, "new")]
    assert unpack_value(answer.get(1)) == function("new", None)
    world.plan(FUNCTION, function("new", None), function("new", None))
    assert told() == [("new", "new"), ("new", "new"), (None, "new")]
    world.plan(FUNCTION, function("new", "said"), function(None, "said"))
    assert told() == [("new", "said"), ("new", "said"), (None, "said")]


def test_an_argument_of_a_block_is_kept_with_its_block(world: World) -> None:
    def table(**protected: bool | None) -> dict[str, Any]:
        replicas = [
            {
                "region_name": name,
                "deletion_protection_enabled": value,
                "consistency_mode": "EVENTUAL",
            }
            for name, value in protected.items()
        ]
        return {"region": HOME, "replica": replicas, "global_table_witness": []}

    answer = world.plan(TABLE, None, table(a=True, b=None))
    asked = unpack_value(world.asked[0][2].get(4))
    assert asked == {"replica": [{"region_name": "a"}, {"region_name": "b"}]}
    assert unpack_value(answer.get(1)) == table(a=True, b=False)
    # What the configuration does not say stays as it is.
    answer = world.plan(TABLE, table(a=True, b=False), table(b=None, a=None))
    assert unpack_value(answer.get(1)) == table(b=False, a=True)


def test_providers_are_given_back_unless_somebody_left_them_at_work(world: World) -> None:
    world.plan(QUEUE, None, {"region": AWAY})
    here, away = world.started
    away.working = True
    world.regions.__exit__()
    assert (here.ended, away.ended) == (False, True)
    assert world.processes.take() is here
    world.processes.close()
    assert here.ended

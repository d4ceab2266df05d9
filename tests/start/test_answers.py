"""What becomes of answers, of their absence, and of services that are slow or away."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.start.conftest import Program, resolve_in_python
from tests.support.aws_server import Answer, Asked, AwsServer, make_authority, serve

CANARY = "c4nary"


def environment(url: str, **more: str) -> Mapping[str, str]:
    """Returns the environment of a function whose AWS is a test's."""
    return {
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "key",
        "AWS_ENDPOINT_URL": url,
        "TFGEN_APP": "hello",
        "TFGEN_STAGE": "production",
        **more,
    }


def good(asked: Asked) -> Answer:
    """Answers as AWS does when all is well: each value is told by what was asked for."""
    request = asked.request
    match asked.service:
        case "kms":
            value = f"{CANARY} {request['EncryptionContext']['name']}"
            return 200, {"Plaintext": base64.b64encode(value.encode()).decode()}
        case "ssm":
            found = [
                {"Name": name, "Value": f"{CANARY} {name}", "Version": 1}
                for name in request["Names"]
            ]
            return 200, {"Parameters": found, "InvalidParameters": []}
    return 200, {"SecretString": f'{{"key": "{CANARY} {request["SecretId"]}", "other": 1}}'}


def refused(code: str, message: str = "") -> Answer:
    """Returns an error as AWS answers it."""
    return 400, {"__type": f"com.amazonaws.any#{code}", "message": message}


EACH = {"A": "kms:QUJD", "B": "ssm:/b", "C": "secretsmanager:c#key"}
VALUES = {"A": f"{CANARY} A", "B": f"{CANARY} /b", "C": f"{CANARY} c"}


@pytest.mark.parametrize(
    "trouble",
    [
        refused("ThrottlingException", "Rate exceeded"),
        refused("UnrecognizedClientException"),
        (500, {"__type": "KMSInternalException"}),
        (503, b"<html>"),
        (429, b""),
        None,
    ],
    ids=str,
)
def test_what_passes_is_tried_again(program: Program, trouble: Answer | None) -> None:
    """Each service is in trouble twice before it answers."""
    times = dict.fromkeys(("kms", "ssm", "secretsmanager"), 0)

    def reply(asked: Asked) -> Answer | None:
        times[asked.service] += 1
        return trouble if times[asked.service] < 3 else good(asked)

    with serve(reply) as server:
        assert program.resolve(EACH, environment(server.url)) == VALUES
    assert times == {"kms": 3, "ssm": 3, "secretsmanager": 3}


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        (
            "AccessDeniedException",
            {
                "A": "KMS: AccessDeniedException: told; the function's role lacks kms:Decrypt on "
                "its key, or the key is not one of this region because it was not encrypted for "
                "hello/production/eu-west-2/A",
                "B": "SSM: AccessDeniedException: told; the function's role lacks "
                "ssm:GetParameters on `/b`",
                "C": "Secrets Manager: AccessDeniedException: told; the function's role lacks "
                "secretsmanager:GetSecretValue on `c`, or kms:Decrypt on its key",
            },
        ),
        (
            "IncorrectKeyException",
            {
                "A": "KMS: IncorrectKeyException: it was not encrypted for "
                "hello/production/eu-west-2/A",
                "B": "SSM: IncorrectKeyException: told; asked for `/b`",
                "C": "Secrets Manager: IncorrectKeyException: told; asked for `c`",
            },
        ),
        (
            "DisabledException",
            {
                "A": "KMS: DisabledException: told",
                "B": "SSM: DisabledException: told; asked for `/b`",
                "C": "Secrets Manager: DisabledException: told; asked for `c`",
            },
        ),
    ],
)
def test_what_is_refused_is_not_tried_again(
    program: Program, code: str, reasons: Mapping[str, str]
) -> None:
    with serve(lambda _: refused(code, "told")) as server:
        results = program.resolve(EACH, environment(server.url))
        assert len(server.asked) == 3
    assert {name: result["failure"] for name, result in results.items()} == reasons


def test_no_ciphertext_is_told(program: Program) -> None:
    with serve(lambda _: refused("ValidationException", "1 error: 'QUJD'\n at 'x'")) as server:
        results = program.resolve({"A": "kms:QUJD"}, environment(server.url))
    assert results["A"]["failure"] == "KMS: ValidationException: 1 error: '…' at 'x'"


def test_of_a_refused_batch_only_those_fail_that_must(program: Program) -> None:
    def reply(asked: Asked) -> Answer:
        if {"/b", "/d"} & set(asked.request["Names"]):
            return refused("AccessDeniedException", "no")
        return good(asked)

    with serve(reply) as server:
        references = {name: f"ssm:/{name.lower()}" for name in "ABCDE"}
        results = program.resolve(references, environment(server.url))
    for name, result in results.items():
        if name in "BD":
            assert f"on `/{name.lower()}`" in result["failure"]
        else:
            assert result == f"{CANARY} /{name.lower()}"


@pytest.mark.parametrize(
    "answer", [(200, b"<html>"), (200, b"[]"), (200, b"{}"), (403, b"<html>"), (301, b"")], ids=str
)
def test_answers_that_are_not_those_of_aws(program: Program, answer: Answer) -> None:
    """A secret without a value counts as binary: that is how Secrets Manager tells it."""
    with serve(lambda _: answer) as server:
        results = program.resolve(EACH, environment(server.url))
    assert all("failure" in result for result in results.values()), results


def test_it_gives_up_in_time(program: Program) -> None:
    with serve(lambda _: refused("ThrottlingException", "Rate exceeded")) as server:
        results = program.resolve(EACH, environment(server.url), seconds=0.5)
        assert len(server.asked) > 3
    for result in results.values():
        assert "ThrottlingException: Rate exceeded, and there is no time" in result["failure"]


def test_a_service_that_hangs(program: Program) -> None:
    over = threading.Event()

    def reply(asked: Asked) -> Answer:
        if asked.service == "ssm":
            over.wait(60)
        return good(asked)

    with serve(reply) as server:
        results = program.resolve(EACH, environment(server.url), seconds=1)
        over.set()
    assert {**results, "B": None} == {**VALUES, "B": None}
    assert "no answer in time" in results["B"]["failure"]


def test_a_service_that_is_away(program: Program) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        results = program.resolve(EACH, environment(url), seconds=0.3)
    for result in results.values():
        assert f"{url} cannot be reached: " in result["failure"]
        assert "refused" in result["failure"].lower().replace("econnrefused", "refused")


def test_all_services_are_asked_at_once(program: Program) -> None:
    """None of them answers before all were asked, and KMS not before four requests are there."""
    all_services = threading.Barrier(3)
    four = threading.Barrier(4)

    def reply(asked: Asked) -> Answer:
        if asked.service == "kms":
            four.wait(30)
        if asked.service != "kms" or asked.request["EncryptionContext"]["name"] == "A":
            all_services.wait(30)
        return good(asked)

    with serve(reply) as server:
        references = {**EACH, "D": "kms:QUJD", "E": "kms:QUJD", "F": "kms:QUJD"}
        assert len(program.resolve(references, environment(server.url), 30)) == 6


def test_as_few_requests_and_connections_as_can_be(program: Program) -> None:
    def reply(asked: Asked) -> Answer:
        time.sleep(0.01)
        return good(asked)

    references = {f"A{number}": "kms:QUJD" for number in range(20)}
    references |= {f"B{number}": f"ssm:/{number // 2}" for number in range(30)}
    references |= {f"C{number}": "secretsmanager:c#key" for number in range(5)}
    references |= {"WHOLE": "secretsmanager:c", "OTHER": "secretsmanager:d#other"}
    with serve(reply) as server:
        results = program.resolve(references, environment(server.url))
    assert not [result for result in results.values() if not isinstance(result, str)]
    assert requests(server) == {"kms": 20, "ssm": 2, "secretsmanager": 2}
    assert server.connections == 4 + 2 + 2


def requests(server: AwsServer) -> Mapping[str, int]:
    """Returns how often each service was asked."""
    services = ("kms", "ssm", "secretsmanager")
    return {service: len(server.requests(service)) for service in services}


@pytest.mark.parametrize("selector", [":stable", "stable", "/b:stable"])
def test_a_label_of_a_parameter(program: Program, selector: str) -> None:
    """SSM's documentation shows the last; its answers have the first."""
    found = {"Name": "/b", "Selector": selector, "Version": 3, "Value": "labelled"}
    with serve(lambda _: (200, {"Parameters": [found]})) as server:
        settings = environment(server.url)
        assert program.resolve({"B": "ssm:/b:stable"}, settings) == {"B": "labelled"}
        other = program.resolve({"B": "ssm:/b:other"}, settings)
    assert other == {"B": {"failure": "SSM: there is no parameter `/b:other` in eu-west-2"}}


@pytest.mark.parametrize("missing", ["AWS_REGION", "AWS_ACCESS_KEY_ID", "TFGEN_STAGE"])
def test_what_is_missing_is_told(program: Program, missing: str) -> None:
    known = {**environment("http://127.0.0.1:9"), missing: ""}
    told = {"failure": f"{missing} must be in the environment"}
    assert program.resolve(EACH, known) == told


def test_numbers_that_javascript_would_round(program: Program) -> None:
    large: dict[str, Any] = {"SecretString": '{"key": {"id": 12345678901234567890}}'}
    with serve(lambda _: (200, large)) as server:
        results = program.resolve({"C": "secretsmanager:c#key"}, environment(server.url))
    if program.language == "python":
        assert results["C"] == '{"id":12345678901234567890}'
    else:
        assert "would round; store it as a string" in results["C"]["failure"]


def test_https(program: Program, tmp_path: Path) -> None:
    authority, context = make_authority(tmp_path)
    with serve(good, context) as server:
        trusting = environment(server.url, AWS_CA_BUNDLE=str(authority))
        assert program.resolve(EACH, trusting) == VALUES
        results = program.resolve(EACH, environment(server.url))
        assert len(server.asked) == 3
    for result in results.values():
        assert "certificate" in result["failure"].lower()
        assert "no time" not in result["failure"]


def test_a_file_of_authorities_that_is_not_there(program: Program, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.pem")
    settings = environment("https://127.0.0.1:9", AWS_CA_BUNDLE=gone)
    assert "AWS_CA_BUNDLE cannot be read" in str(program.resolve(EACH, settings, 60))


def test_an_endpoint_that_is_none(program: Program) -> None:
    settings = environment("localhost:4566")
    assert "AWS_ENDPOINT_URL is not a URL" in str(program.resolve(EACH, settings, 60))


def test_of_all_authorities_only_those_of_aws_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only Python takes long to read them."""
    from client import Trust

    tests, of_tests = make_authority(tmp_path)
    amazon, of_amazon = make_authority(tmp_path, "Amazon Root CA 9")
    everybody = tmp_path / "all.pem"
    everybody.write_text(f"# Tests\n{tests.read_text()}\n# AWS\n{amazon.read_text()}")
    monkeypatch.setenv("SSL_CERT_FILE", str(everybody))
    trust = Trust(None)
    assert len(trust.context(whole=False).get_ca_certs()) == 1
    assert len(trust.context(whole=True).get_ca_certs()) == 2
    for context in (of_tests, of_amazon):
        with serve(good, context) as server:
            assert resolve_in_python(EACH, environment(server.url), 30) == VALUES
    everybody.write_text(tests.read_text())
    assert len(Trust(None).context(whole=False).get_ca_certs()) == 1

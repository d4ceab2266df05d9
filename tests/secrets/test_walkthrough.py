"""The last step of the walk-through: each region's function gets its own secrets, nobody else any.

One app, set up through every way that a value can come in by, applied, asked, set again, applied
again; and all the time every other process, and in the end every file, is searched for the values.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pexpect
import pytest
from botocore.exceptions import ClientError

from tests.secrets import mistakes
from tests.support.app_folder import AppFolder, hello
from tests.support.leaks import Canaries, Leak, Watch
from tfgen.aws.session import Aws
from tfgen.config.ciphertexts import load_ciphertexts

pytestmark = pytest.mark.e2e

LONDON, OREGON = "eu-west-2", "us-west-2"
NAME = "hello-production"
VALUES = {
    "DB of London": "postgresql://app:lo-9f3c/+&=?@db.eu-west-2.example.com/hello",
    "DB of Oregon": "postgresql://app:or-71bb/+&=?@db.us-west-2.example.com/hello",
    "DB of London, later": "postgresql://app:lo-later-c41d@db.eu-west-2.example.com/hello",
    "API_KEY": "api-key-5b0e8d2f4a6c",
    "SIGNING_KEY": "signing-key-ünïcode-3d9a7e1f",
    "TOKEN": "token-kept-by-systems-manager-88e1",
    "PG": "password-kept-by-secrets-manager-47aa",
    **{f"PARAMETER_{n}": f"parameter-{n}-of-systems-manager-{n * 7919:x}" for n in range(1, 7)},
    **{f"KEY_{n}": f"key-{n}-of-secrets-manager-{n * 104729:x}" for n in range(1, 7)},
}
PARAMETERS = tuple(name for name in VALUES if name.startswith("PARAMETER_"))
KEYS = tuple(name for name in VALUES if name.startswith("KEY_"))
TELLING = VALUES | {f"typed as {name}": value for name, value in mistakes.VALUES.items()}
SET = ("env", "set", "--sandbox")
SHOWN = ("API_KEY", "DB", "MESSAGE", "PG", "SIGNING_KEY", "TOKEN", *PARAMETERS, *KEYS)
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SOURCE = f"""\
import json
import os


def handler(event, context):
    if event.get("path") == "/_health":
        return {{"statusCode": 200, "body": "healthy"}}
    if event.get("path") == "/credentials":
        names = {CREDENTIALS!r}
        return {{"statusCode": 200, "body": json.dumps([os.environ[name] for name in names])}}
    said = {{name: os.environ[name] for name in {SHOWN!r}}}
    said["version"] = context.function_version
    print("answered for", os.environ["AWS_REGION"])
    return {{"statusCode": 200, "body": json.dumps(said)}}
"""


KEPT_ELSEWHERE = "".join(
    [f"  {name}: {{ssm: /hello/{name}}}\n" for name in PARAMETERS]
    + [f"  {name}: {{secretsmanager: hello/pg, key: {name}}}\n" for name in KEYS]
)
CONFIG = f"""\
name: hello
function: {{source: ./src, runtime: python3.13, handler: app.handler}}
api:
  domain: api.example.com
  zone: example.com
  create_zone: true
  health_check: {{path: /_health, interval: 10, failure_threshold: 2}}
secrets:
  API_KEY: kms
  SIGNING_KEY: kms
  TOKEN: {{ssm: /hello/token}}
  PG: {{secretsmanager: hello/pg, key: password}}
{KEPT_ELSEWHERE}regions:
  us-west-2: {{env: {{MESSAGE: Hello from us-west-2}}}}
  eu-west-2: {{env: {{MESSAGE: Hello from eu-west-2}}}}
"""


@dataclass(slots=True)
class Journey:
    """The app, and everything that was said about it.

    Attributes:
        app: its folder.
        temporary: the folder that its commands have for temporary files.
        watch: looks at all other processes meanwhile.
        said: the outputs of all commands.
    """

    app: AppFolder
    temporary: Path
    watch: Watch
    said: list[str] = field(default_factory=list)

    def tfgen(self, *arguments: str, typed: str = "", code: int = 0, **variables: str) -> str:
        """Runs a command with every log that there is, and returns what it printed."""
        done = self.app.tfgen(*arguments, typed=typed, code=code, **self._logged(), **variables)
        self.said += [done.stdout, done.stderr]
        return done.stdout

    def in_terminal(self, *arguments: str, answers: Mapping[str, str]) -> None:
        """Runs a command in a terminal and answers its questions."""
        terminal = self.app.begin_in_terminal(*arguments, **self._logged())
        for question, answer in answers.items():
            terminal.expect(question)
            self.said.append(terminal.before)
            terminal.sendline(answer)
        terminal.expect(pexpect.EOF)
        self.said.append(terminal.before)
        terminal.close()
        assert terminal.exitstatus == 0, terminal.before

    def ask(self, place: str) -> Any:
        """Returns what the function says of itself to a client somewhere."""
        curl = ("sandbox", "curl", "https://api.example.com/", "--from", place, "--json")
        answer = json.loads(self.app.tfgen(*curl).stdout)
        assert answer["status"] == 200, answer
        return json.loads(answer["body"])

    def invoke(self, version: str, path: str = "/") -> Any:
        """Returns what a version of London's function says of itself."""
        client = Aws(self.app.sandbox.endpoint).client("lambda", LONDON)
        event = json.dumps({"path": path})
        answer = client.invoke(FunctionName=NAME, Qualifier=version, Payload=event)
        return json.loads(json.loads(answer["Payload"].read())["body"])

    def _logged(self) -> dict[str, str]:
        trace = str(self.app.path / "terraform.log")
        return {"TMPDIR": str(self.temporary), "TF_LOG": "TRACE", "TF_LOG_PATH": trace}


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Goes through it all: what the tests look at is what is there in the end."""
    folder = tmp_path_factory.mktemp("secrets")
    temporary = folder / "tmp"
    temporary.mkdir()
    canaries = Canaries(TELLING)
    with Watch(canaries) as watch, hello(folder / "hello") as app:
        shutil.rmtree(app.path / "infra")
        (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        (app.path / "src/app.py").write_text(SOURCE, "utf-8")
        # Providers of its own, which are watched as well.
        journey = Journey(app.unshared, temporary, watch)
        journey.tfgen("sandbox", "start")
        _keep_elsewhere(Aws(app.sandbox.endpoint))
        _set_everything(journey)
        journey.tfgen("apply", "--sandbox", "--yes", "-v")
        mistakes.make_all(app.path, journey.tfgen)
        yield journey


def _keep_elsewhere(aws: Aws) -> None:
    for region in (LONDON, OREGON):
        aws.client("ssm", region).put_parameter(
            Name="/hello/token", Value=VALUES["TOKEN"], Type="SecureString"
        )
        for name in PARAMETERS:
            aws.client("ssm", region).put_parameter(
                Name=f"/hello/{name}", Value=VALUES[name], Type="SecureString"
            )
        aws.client("secretsmanager", region).create_secret(
            Name="hello/pg",
            SecretString=json.dumps(
                {"user": "app", "password": VALUES["PG"], **{name: VALUES[name] for name in KEYS}}
            ),
        )


def _set_everything(journey: Journey) -> None:
    """Sets each value in another way; the keys do not exist before."""
    journey.tfgen(
        *SET, "--region", LONDON, "--region", OREGON, "--yes", "--stdin",
        typed=f"API_KEY={VALUES['API_KEY']}\n",
    )  # fmt: skip
    journey.tfgen(*SET, "--region", LONDON, f"DB={VALUES['DB of London']}")
    value = VALUES["DB of Oregon"]
    journey.in_terminal(
        *SET, "--region", OREGON, "DB", answers={"Value of DB:": value, "once more:": value}
    )
    with tempfile.NamedTemporaryFile("w", suffix=".env", encoding="utf-8") as file:
        file.write(f"# for all regions\nexport SIGNING_KEY='{VALUES['SIGNING_KEY']}'\n")
        file.flush()
        journey.tfgen(*SET, "--from-file", file.name)


def expected(region: str) -> dict[str, str]:
    return {
        "DB": VALUES["DB of London" if region == LONDON else "DB of Oregon"],
        "MESSAGE": f"Hello from {region}",
        **{name: VALUES[name] for name in SHOWN if name not in ("DB", "MESSAGE")},
    }


@pytest.mark.parametrize(("place", "region"), [("london", LONDON), ("oregon", OREGON)])
def test_each_function_sees_its_own(journey: Journey, place: str, region: str) -> None:
    assert journey.ask(place) == {**expected(region), "version": "1"}


def test_the_role_can_do_no_more(journey: Journey) -> None:
    """London's function, by its own credentials, against London's and Oregon's keys and stores."""
    _make_more_secrets(Aws(journey.app.sandbox.endpoint))
    key, secret, token = journey.invoke("live", "/credentials")

    def client(service: str, region: str = LONDON) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs want a literal
            region_name=region,
            endpoint_url=journey.app.sandbox.endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    def refused(call: Callable[..., Any], **arguments: Any) -> None:
        with pytest.raises(ClientError) as error:
            call(**arguments)
        assert error.value.response["Error"]["Code"] == "AccessDeniedException"

    own, other = (sealed(journey, region, "DB") for region in (LONDON, OREGON))
    kms = client("kms")
    assert kms.decrypt(**own)["Plaintext"].decode() == VALUES["DB of London"]
    refused(client("kms", OREGON).decrypt, **other)
    for word in ("app", "stage", "region"):
        context = {**own["EncryptionContext"], word: "other"}
        refused(kms.decrypt, **{**own, "EncryptionContext": context})
    refused(kms.decrypt, CiphertextBlob=own["CiphertextBlob"])
    alias = f"alias/{NAME}"
    refused(kms.encrypt, KeyId=alias, Plaintext=b"x", EncryptionContext=own["EncryptionContext"])
    refused(kms.put_key_policy, KeyId=alias, PolicyName="default", Policy="{}")
    ssm = client("ssm")
    assert ssm.get_parameters(Names=["/hello/token"])["Parameters"]
    refused(ssm.get_parameters, Names=["/hello/token", "/hello/other"])
    refused(ssm.get_parameters_by_path, Path="/hello")
    secrets = client("secretsmanager")
    assert VALUES["PG"] in secrets.get_secret_value(SecretId="hello/pg")["SecretString"]
    refused(secrets.get_secret_value, SecretId="hello/pg-admin")
    refused(client("secretsmanager", OREGON).get_secret_value, SecretId="hello/pg")


def _make_more_secrets(aws: Aws) -> None:
    """Makes those that the config does not name, and whose names begin as one that it does."""
    aws.client("ssm", LONDON).put_parameter(Name="/hello/other", Value="x", Type="String")
    aws.client("secretsmanager", LONDON).create_secret(Name="hello/pg-admin", SecretString="x")


def sealed(journey: Journey, region: str, name: str) -> dict[str, Any]:
    """Returns what decrypts a value of the stage."""
    stage = load_ciphertexts(journey.app.sandbox.scratch / "secrets")["production"]
    found = stage.find(name, region)
    assert found is not None
    context = {"app": "hello", "stage": "production", "region": region, "name": name}
    return {"CiphertextBlob": base64.b64decode(found.text), "EncryptionContext": context}


def test_nothing_is_left_to_change(journey: Journey) -> None:
    journey.tfgen("plan", "--sandbox", "--detailed-exitcode")


def test_a_new_value_is_a_new_version_and_the_old_one_keeps_its_own(journey: Journey) -> None:
    later = VALUES["DB of London, later"]
    journey.tfgen(*SET, "--region", LONDON, "--stdin", "DB", typed=later)
    journey.tfgen("plan", "--sandbox", "--out", "next.tfplan")
    journey.tfgen("apply", "--sandbox", "--yes", "--json")
    now = {**expected(LONDON), "DB": later, "version": "2"}
    assert journey.ask("london") == now
    assert journey.ask("oregon")["version"] == "1"
    assert journey.invoke("2") == now
    assert journey.invoke("1") == {**expected(LONDON), "version": "1"}


def test_the_values_are_nowhere_else(journey: Journey) -> None:
    project = journey.app.path
    sealed = journey.app.sandbox.scratch / "secrets"
    shutil.copytree(sealed, project / "secrets")
    journey.tfgen("render")
    journey.said.append(journey.app.tfgen("sandbox", "logs").stdout)
    git = ("git", "-c", "user.name=tests", "-c", "user.email=tests@example.com")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "All of it")):
        subprocess.run([*git, *command], cwd=project, check=True)
    assert len(set(TELLING.values())) == 30
    canaries = Canaries(TELLING)
    leaks = {
        *canaries.find_in_folder(project),
        *canaries.find_in_folder(journey.temporary),
        *canaries.find("\0".join(journey.said).encode(), "what the commands said"),
        *journey.watch.leaks,
    }
    assert leaks == set()
    # Among what was searched is the report of a crash, with values in the frames that it names.
    assert 'raise RuntimeError("broken")' in "".join(journey.said)
    looked_at = {path.name for path in project.rglob("*") if path.is_file()}
    assert looked_at >= {
        *("production.yaml", "terraform.tfstate", "next.tfplan", "terraform.log", "src.zip"),
        "main.tf",
    }
    assert journey.watch.programs >= {"terraform"}
    # They were there to be found: functions have them.
    assert {leak.name for leak in journey.watch.in_functions} == set(VALUES)


def test_a_value_that_leaks_is_found(journey: Journey) -> None:
    """The same search over the same app, of which one secret has become a plain variable."""

    def leak(document: Any) -> None:
        del document["secrets"]["DB"]
        document["env"] = {"DB": VALUES["DB of Oregon"]}

    journey.app.change(leak)
    journey.tfgen("render")
    journey.tfgen("plan", "--sandbox", "--out", "leaking.tfplan")
    found = {Path(leak.where.partition(" -> ")[0]).name for leak in _in_files(journey)}
    assert found >= {"tfgen.yaml", "main.tf", "leaking.tfplan"}


def _in_files(journey: Journey) -> Iterator[Leak]:
    return Canaries(VALUES).find_in_folder(journey.app.path)

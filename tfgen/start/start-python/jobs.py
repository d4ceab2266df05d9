"""What is asked of which service, and what the answers say of the variables."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence

TYPE_CHECKING = False  # as in `typing`, which takes its time to import
if TYPE_CHECKING:
    from typing import Any

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
MAX_PARAMETERS = 10


class Failure(Exception):  # noqa: N818 - a failure is what it is called everywhere here
    """Why a variable has no value, never with a value or a ciphertext in it."""


class Passing(Failure):
    """A failure that is worth another try."""


class Refusal(Failure):
    """An error that a service answered.

    Args:
        code: the error's name.
        message: what the service says of it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class Job:
    """A request, and what its answer says of some variables.

    Attributes:
        service: as hosts and signatures call it.
        title: as people call it.
        target: the action, as the service's protocol calls it.
        names: the variables.
        request: what is asked.
    """

    service: str
    title: str
    target: str
    names: Sequence[str]
    request: Mapping[str, Any]

    def parts(self) -> Sequence[Job]:
        """Returns a job for each part that can fail by itself."""
        return (self,)

    def values(self, answer: Mapping[str, Any]) -> Iterable[tuple[str, str | Failure]]:
        """Yields each variable with its value, or with why it has none."""
        raise NotImplementedError

    def explain(self, refusal: Refusal) -> str:
        """Returns what an error means here."""
        raise NotImplementedError


class Decrypt(Job):
    """A ciphertext for KMS.

    Args:
        name: the variable.
        ciphertext: in Base64.
        context: the encryption context.
    """

    service, title, target = "kms", "KMS", "TrentService.Decrypt"

    def __init__(self, name: str, ciphertext: str, context: Mapping[str, str]) -> None:
        self.names = (name,)
        self.request = {"CiphertextBlob": ciphertext, "EncryptionContext": dict(context)}
        self._meant = "/".join(context.values())

    def values(self, answer: Mapping[str, Any]) -> Iterable[tuple[str, str | Failure]]:
        try:
            yield self.names[0], base64.b64decode(answer["Plaintext"]).decode()
        except UnicodeDecodeError:
            yield self.names[0], Failure("the value is not UTF-8 text")

    def explain(self, refusal: Refusal) -> str:
        if refusal.code in ("InvalidCiphertextException", "IncorrectKeyException"):
            return f"{refusal.code}: it was not encrypted for {self._meant}"
        if refusal.code in ("AccessDeniedException", "NotFoundException"):
            return (
                f"{refusal}; the function's role lacks kms:Decrypt on its key, or the key is not "
                f"one of this region because it was not encrypted for {self._meant}"
            )
        return str(refusal)


class GetParameters(Job):
    """Parameters of SSM.

    Args:
        wanted: the parameters, and the variables that each is for.
        region: the function's.
    """

    service, title, target = "ssm", "SSM", "AmazonSSM.GetParameters"

    def __init__(self, wanted: Mapping[str, Sequence[str]], region: str) -> None:
        self.names = [name for names in wanted.values() for name in names]
        self.request = {"Names": list(wanted), "WithDecryption": True}
        self._wanted = wanted
        self._region = region

    def parts(self) -> Sequence[Job]:
        return [
            GetParameters({asked: names}, self._region) for asked, names in self._wanted.items()
        ]

    def values(self, answer: Mapping[str, Any]) -> Iterable[tuple[str, str | Failure]]:
        found: dict[str, str] = {}
        for parameter in answer["Parameters"]:
            # Which version or label it was asked for by is told apart from the name.
            selector = (parameter.get("Selector") or "").rpartition(":")[2]
            for called in (parameter["Name"], parameter.get("ARN") or ""):
                for asked in (called, f"{called}:{parameter['Version']}", f"{called}:{selector}"):
                    found[asked] = parameter["Value"]
        for asked, names in self._wanted.items():
            for name in names:
                missing = Failure(f"there is no parameter `{asked}` in {self._region}")
                yield name, found.get(asked, missing)

    def explain(self, refusal: Refusal) -> str:
        asked = ", ".join(f"`{each}`" for each in self._wanted)
        if refusal.code == "AccessDeniedException":
            return f"{refusal}; the function's role lacks ssm:GetParameters on {asked}"
        return f"{refusal}; asked for {asked}"


class GetSecretValue(Job):
    """A secret of Secrets Manager.

    Args:
        secret: its name or ARN.
        wanted: the variables, and the JSON key that each is for; None is the whole secret.
        region: the function's.
    """

    service, title = "secretsmanager", "Secrets Manager"
    target = "secretsmanager.GetSecretValue"

    def __init__(self, secret: str, wanted: Mapping[str, str | None], region: str) -> None:
        self.names = list(wanted)
        self.request = {"SecretId": secret}
        self._secret = secret
        self._wanted = wanted
        self._region = region

    def values(self, answer: Mapping[str, Any]) -> Iterable[tuple[str, str | Failure]]:
        text = answer.get("SecretString")
        for name, key in self._wanted.items():
            try:
                yield name, self._value(text, key)
            except Failure as failure:
                yield name, failure

    def _value(self, text: str | None, key: str | None) -> str:
        if text is None:
            raise Failure(f"the secret `{self._secret}` is binary, and a variable is text")
        if key is None:
            return text
        try:
            document = json.loads(text)
        except ValueError:
            # What is wrong with it is told with a piece of it.
            raise Failure(
                f"the secret `{self._secret}` is not JSON, so it has no key `{key}`"
            ) from None
        if not isinstance(document, dict) or key not in document:
            raise Failure(f"the secret `{self._secret}` has no key `{key}`")
        value = document[key]
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def explain(self, refusal: Refusal) -> str:
        if refusal.code == "ResourceNotFoundException":
            return f"{refusal}; there is no secret `{self._secret}` in {self._region}"
        if refusal.code == "AccessDeniedException":
            return (
                f"{refusal}; the function's role lacks secretsmanager:GetSecretValue on "
                f"`{self._secret}`, or kms:Decrypt on its key"
            )
        return f"{refusal}; asked for `{self._secret}`"


def plan(references: Mapping[str, str], environment: Mapping[str, str]) -> Sequence[Job]:
    """Returns the requests that resolve all references.

    Args:
        references: variable → reference.
        environment: the function's.

    Raises:
        Failure: the environment lacks what every request needs.
    """
    services = {reference.partition(":")[0] for reference in references.values()}
    needed = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    needed += ["TFGEN_APP", "TFGEN_STAGE"] if "kms" in services else []
    if missing := [name for name in needed if not environment.get(name)]:
        raise Failure(f"{' and '.join(missing)} must be in the environment")
    region = environment["AWS_REGION"]
    jobs: list[Job] = []
    parameters: dict[str, list[str]] = {}
    secrets: dict[str, dict[str, str | None]] = {}
    for name, reference in references.items():
        service, _, rest = reference.partition(":")
        if service == "kms":
            context = {
                "app": environment["TFGEN_APP"],
                "stage": environment["TFGEN_STAGE"],
                "region": region,
                "name": name,
            }
            jobs.append(Decrypt(name, rest, context))
        elif service == "ssm":
            parameters.setdefault(rest, []).append(name)
        else:
            secret, hash_sign, key = rest.partition("#")
            secrets.setdefault(secret, {})[name] = key if hash_sign else None
    jobs += [
        GetParameters({asked: parameters[asked] for asked in batch}, region)
        for batch in batches(list(parameters))
    ]
    return jobs + [GetSecretValue(secret, wanted, region) for secret, wanted in secrets.items()]


def batches(parameters: Sequence[str]) -> Sequence[Sequence[str]]:
    """Divides parameters into requests, none of which asks for a parameter twice.

    Two versions of one, or its name and its ARN, are hard to tell apart in an answer.
    """
    made: list[dict[str, str]] = []
    for asked in parameters:
        is_arn = asked.startswith("arn:")
        name = asked.split(":parameter", 1)[-1] if is_arn else asked
        parameter = name.split(":", 1)[0].lstrip("/")
        fits = (each for each in made if len(each) < MAX_PARAMETERS and parameter not in each)
        batch = next(fits, None)
        if batch is None:
            batch = {}
            made.append(batch)
        batch[parameter] = asked
    return [list(batch.values()) for batch in made]

"""What AWS refuses, and what keeps us from asking, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError

_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_REJECTED: Final = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
"""The codes with which AWS says that somebody may not do something."""

_SIGN_IN: Final = (
    "sign in with `aws sso login` or `aws configure`, or set AWS_PROFILE, or add --sandbox "
    "to try it without an account"
)
# The sentence names the IAM action, which the operation does not: `GetRestApis` needs
# `apigateway:GET`. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_ACTION: Final = re.compile(r"not authorized to perform: ([a-z0-9-]+:\w+)", re.IGNORECASE)


class RefusalError(TfgenError):
    """What AWS answered instead of doing what it was asked, for callers that know more about it.

    Attributes:
        code: AWS's own, for example ``AccessDeniedException``.
        action: the IAM action that was refused, if one was; or the call.
    """

    def __init__(self, message: str, *, hint: str, code: str, action: str) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.action = action


class _Operation(Protocol):
    """The part of botocore's operation model that an error is made of."""

    @property
    def name(self) -> str: ...
    @property
    def service_model(self) -> Any: ...


class _Answer(Protocol):
    """The part of an HTTP answer that an error is made of."""

    @property
    def status_code(self) -> int: ...


class Failures:
    """Turns what can go wrong with any call into a `TfgenError`, so that no caller has to.

    It listens to botocore's own events, after the retries: a call that nobody thought about cannot
    end in a traceback. Only the answer that a thing does not exist is left alone: that is what the
    callers ask for (https://docs.aws.amazon.com/boto3/latest/guide/events.html).

    Args:
        sandbox: the URL of the sandbox, or None when the account is a real one.
    """

    def __init__(self, sandbox: str | None) -> None:
        self._sandbox = sandbox

    def watch(self, client: Any) -> None:
        """Listens to a boto3 client from now on."""
        client.meta.events.register_last("after-call", self._answered)
        client.meta.events.register_last("after-call-error", self._unanswered)

    def of(self, error: BotoCoreError, region: str) -> TfgenError:
        """Returns the error for what kept boto3 from making a client or from asking AWS.

        Args:
            error: what botocore raised.
            region: where AWS was to be asked.
        """
        from botocore import exceptions as boto

        reason = _sentence(str(error))
        match error:
            case boto.NoCredentialsError():
                return TfgenError("there are no AWS credentials", hint=_SIGN_IN)
            case (
                boto.PartialCredentialsError()
                | boto.CredentialRetrievalError()
                | boto.SSOError()
                | boto.TokenRetrievalError()
            ):
                return TfgenError(f"the AWS credentials cannot be used: {reason}", hint=_SIGN_IN)
            case boto.HTTPClientError() | boto.ConnectionError() if self._sandbox is not None:
                return TfgenError(
                    f"the sandbox at {self._sandbox} does not answer",
                    hint="start it with `tfgen sandbox start`",
                )
            case boto.HTTPClientError() | boto.ConnectionError():
                return TfgenError(
                    f"AWS cannot be reached in {region}: {reason}",
                    hint="check the network, HTTPS_PROXY and AWS_ENDPOINT_URL",
                )
        return TfgenError(
            f"the AWS configuration cannot be used: {reason}",
            hint="check AWS_PROFILE and ~/.aws/config, or list the profiles with "
            "`aws configure list-profiles`",
        )

    def _answered(
        self,
        http_response: _Answer,
        parsed: Mapping[str, Any],
        model: _Operation,
        context: Mapping[str, Any],
        **_: object,
    ) -> None:
        if http_response.status_code < 300:
            return
        error = parsed.get("Error", {})
        code, message = str(error.get("Code", "")), str(error.get("Message", ""))
        if not _is_an_answer(code):
            call = f"{model.service_model.signing_name}:{model.name}"
            raise _refusal(code, message, call, context["client_region"])

    def _unanswered(self, exception: Exception, context: Mapping[str, Any], **_: object) -> None:
        from botocore.exceptions import BotoCoreError

        if isinstance(exception, BotoCoreError):
            raise self.of(exception, context["client_region"]) from exception


def _is_an_answer(code: str) -> bool:
    """Whether an error code says that what was asked for does not exist, or exists already.

    KMS, ACM and CloudWatch Logs send these codes with HTTP status 400, so the status says nothing.
    """
    return code.startswith("NoSuch") or code.endswith(("NotFoundException", "AlreadyExists"))


def _refusal(code: str, message: str, call: str, region: str) -> RefusalError:
    named = _ACTION.search(message)
    action = named.group(1) if named and code in DENIED else call
    sentence, hint = _said(code, message, action, region)
    return RefusalError(sentence, hint=hint, code=code, action=action)


def _said(code: str, message: str, action: str, region: str) -> tuple[str, str]:
    """Returns a sentence and a hint."""
    if code in _EXPIRED:
        return "the AWS credentials have expired", _SIGN_IN
    if code in _REJECTED:
        return (
            f"AWS does not accept the credentials in {region} ({code})",
            f"{_SIGN_IN}; a region that is off by default has to be enabled for the account",
        )
    if code in DENIED:
        return (
            f"the AWS credentials do not allow {action} in {region}",
            f"allow {action} in the IAM policy of the user or role, or use another profile; "
            "`tfgen iam --deploy` prints a policy that is enough to deploy",
        )
    return (
        f"AWS answered {action} in {region} with {code or 'an error'}: {_sentence(message)}",
        "run the command again; https://health.aws.amazon.com shows if AWS has a problem",
    )


def _sentence(text: str) -> str:
    """Returns what AWS or botocore says on one line, without its full stop."""
    return " ".join(text.split()).removesuffix(".")

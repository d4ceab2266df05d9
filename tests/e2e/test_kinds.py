"""Every kind of API, each in a stage of its own: applied, asked, changed into another, destroyed.

The stages are applied side by side, because most of an apply is waiting. Their trees are for
provider 6, which ``tests.support.provider6`` stands in for.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.support.app_folder import AppFolder, hello
from tests.support.clients import Asking, Crowd
from tfgen.aws.session import Aws
from tfgen.sandbox.client import Client, Response
from tfgen.sandbox.inventory import inventory

pytestmark = pytest.mark.e2e

ORIGIN = "https://www.example.org"
STAGES = ("edge", "http", "iam", "rest", "url")
# Stages whose functions are replaced: what their policies let in.
REPLACED = {
    "edge": {"AllowRestApi"},
    "http": {"AllowHttpApi"},
    "url": {"AllowUrl", "AllowInvocationByUrl"},
}
SHOP_HEALTH = "https://shop.example.com/_health"
EDGE = "https://edge.example.com/"
# While a domain's mapping leads to an API that is to go, the API cannot go, and a domain has one
# mapping for a path.
GAP = "403 rest.example.com maps no API to /"
SOURCE = """\
import json
import os


def handler(event, context):
    path = event.get("path") or event["rawPath"]
    body = json.dumps({"region": os.environ["AWS_REGION"], "path": path})
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}
"""
CONFIG = """\
name: kinds
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions: {us-west-2: {}, eu-west-2: {}}
stages:
  rest:
    api:
      domain: [rest.example.com, www.rest.example.com]
      zone: example.com
      health_check: {interval: 10, failure_threshold: 1}
      cors: {origins: [https://www.example.org, https://example.org], headers: [X-Shade]}
      throttle: {rate: 100, burst: 200}
      access_logs: {account_role: true}
      binary_media_types: [image/png]
      compression: 1024
  http:
    function:
      tracing: true
      ephemeral_storage: 2048
      reserved_concurrency: 20
      provisioned_concurrency: 1
    api:
      type: http
      domain: http.example.com
      zone: example.com
      health_check: {interval: 10, failure_threshold: 1}
      disable_execute_api: true
      auth: jwt
      jwt: {issuer: https://login.example.org, audience: [kinds]}
      cors: {origins: [https://www.example.org]}
      throttle: {rate: 100, burst: 200}
      access_logs: true
  edge:
    api: {endpoint: edge, domain: edge.example.com, zone: example.com}
    regions: {us-west-2: {}}
  iam:
    api:
      domain: iam.example.com
      zone: example.com
      health_check: {interval: 10, failure_threshold: 1}
      auth: iam
      cors: {origins: [https://www.example.org]}
    regions: {eu-west-2: {}}
  url:
    function: {url: true}
    api: {cors: {origins: [https://www.example.org], methods: [GET], headers: [X-Shade]}}
    # Its own, so that it can lose one.
    regions: {us-west-2: {}, eu-west-2: {}}
"""


class Kinds:
    """The app with all its stages.

    Args:
        app: its folder.
    """

    def __init__(self, app: AppFolder) -> None:
        self.app = app

    @property
    def client(self) -> Client:
        return Client(self.app.sandbox)

    def side_by_side(self, command: str, *options: str, stages: Sequence[str] = STAGES) -> None:
        """Runs a command for several stages at once, each of which must succeed."""
        running = {
            stage: self.app.begin(command, "--sandbox", "--stage", stage, *options)
            for stage in stages
        }
        ended = {stage: (process.communicate()[1], process) for stage, process in running.items()}
        said = {stage: text for stage, (text, process) in ended.items() if process.returncode}
        assert not said, "\n".join(said.values())

    def ask(self, url: str, method: str = "GET", place: str = "london", **headers: str) -> Response:
        """Sends a request from somewhere."""
        host = url.split("/")[2]
        region = self.client.route(host, place).region
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.client.request(method, url, headers=named, region=region)

    def urls(self, stage: str) -> dict[str, str]:
        """Returns the regions' own URLs."""
        done = self.app.tfgen("output", "--sandbox", "--stage", stage, "--json")
        urls: dict[str, str] = json.loads(done.stdout)["urls"]
        return urls


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kinds]:
    with hello(tmp_path_factory.mktemp("kinds") / "app", major=6) as app:
        (app.path / "tfgen.yaml").write_text(CONFIG, "utf-8")
        (app.path / "src/app.py").write_text(SOURCE, "utf-8")
        found = Kinds(app)
        found.side_by_side("apply", "--yes")
        yield found


def said(answer: Response) -> Any:
    return json.loads(answer.body)


def header(answer: Response, name: str) -> str | None:
    return next((value for key, value in answer.headers if key.lower() == name.lower()), None)


def token(**claims: object) -> str:
    """Returns a token that nobody has signed, as good as any other in the sandbox."""

    def part(content: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256', 'kid': '1'})}.{part(claims)}.c2lnbmF0dXJl"


def test_nothing_is_left_to_change(kinds: Kinds) -> None:
    kinds.side_by_side("plan", "--detailed-exitcode")


@pytest.mark.parametrize(("place", "region"), [("london", "eu-west-2"), ("oregon", "us-west-2")])
def test_a_rest_api_answers_through_all_its_domains(kinds: Kinds, place: str, region: str) -> None:
    for host in ("rest.example.com", "www.rest.example.com"):
        answer = kinds.ask(f"https://{host}/some/thing", place=place)
        assert (answer.status, said(answer)) == (200, {"region": region, "path": "/some/thing"})


def test_a_rest_api_answers_browsers_of_the_origins_that_it_names(kinds: Kinds) -> None:
    asked = {"Origin": ORIGIN, "Access_Control_Request_Method": "PUT"}
    preflight = kinds.ask("https://rest.example.com/thing", "OPTIONS", **asked)
    assert preflight.status == 204
    assert header(preflight, "Access-Control-Allow-Origin") == ORIGIN
    assert header(preflight, "Access-Control-Allow-Headers") == "X-Shade"
    foreign = kinds.ask("https://rest.example.com/thing", "OPTIONS", Origin="https://evil.example")
    assert header(foreign, "Access-Control-Allow-Origin") != "https://evil.example"


def test_an_http_api_wants_a_token_except_from_the_health_check(kinds: Kinds) -> None:
    url = "https://http.example.com/"
    good = {"iss": "https://login.example.org", "aud": "kinds", "exp": time.time() + 3600}
    assert kinds.ask(url).status == 401
    assert kinds.ask(url, Authorization=f"Bearer {token(**good)}").status == 200
    assert kinds.ask(url, Authorization=f"Bearer {token(**good | {'aud': 'other'})}").status == 401
    assert kinds.ask(url, Authorization=f"Bearer {token(**good | {'exp': 1})}").status == 401
    assert kinds.ask(f"{url}_health").status == 200
    preflight = kinds.ask(url, "OPTIONS", Origin=ORIGIN, Access_Control_Request_Method="GET")
    assert (preflight.status, header(preflight, "Access-Control-Allow-Origin")) == (204, ORIGIN)


def test_only_domains_answer_where_the_execute_api_host_is_off(kinds: Kinds) -> None:
    for region, url in kinds.urls("http").items():
        assert url == f"https://{region}.http.example.com/"
        answer = kinds.ask(f"{url}_health", place="tokyo")
        assert said(answer)["region"] == region


def test_an_edge_endpoint_answers_from_its_region(kinds: Kinds) -> None:
    answer = kinds.ask("https://edge.example.com/", place="london")
    assert (answer.status, said(answer)["region"]) == (200, "us-west-2")


def test_a_request_without_a_signature_is_refused(kinds: Kinds) -> None:
    url = "https://iam.example.com/"
    refused = kinds.ask(url, Origin=ORIGIN)
    assert (refused.status, said(refused)) == (403, {"message": "Missing Authentication Token"})
    assert header(refused, "Access-Control-Allow-Origin") == ORIGIN
    assert kinds.ask(f"{url}_health").status == 200
    assert kinds.ask(f"{url}_health", "POST").status == 403
    assert kinds.ask(url, "OPTIONS", Origin=ORIGIN).status == 204


def test_a_function_answers_at_its_own_url(kinds: Kinds) -> None:
    for region, url in kinds.urls("url").items():
        answer = kinds.ask(f"{url}path", Origin=ORIGIN)
        assert (answer.status, said(answer)) == (200, {"region": region, "path": "/path"})
        assert header(answer, "Access-Control-Allow-Origin") == ORIGIN


def test_kinds_and_a_domain_change_while_clients_ask(kinds: Kinds) -> None:
    """REST becomes HTTP with a gap while mappings are replaced; edge becomes regional, and back.

    Beside them an app moves to another domain, in two applies without a failed request. The regions
    have domains below the first name, which their health checks ask, and these move as well. What
    a REST API was open for is closed when that is taken out of the config.
    """

    def change(document: Any) -> None:
        stages = document["stages"]
        api = stages["rest"]["api"]
        del api["binary_media_types"], api["compression"], api["access_logs"]
        api["type"] = "http"
        del stages["edge"]["api"]["endpoint"]
        stages["http"]["api"]["domain"] = ["shop.example.com", "http.example.com"]
        del stages["http"]["function"], stages["http"]["api"]["throttle"]
        stages["iam"]["api"]["health_check"]["path"] = "/up"
        del stages["iam"]["api"]["cors"]

    kinds.app.change(change)
    in_the_gap, before_the_move = two_clients(), two_clients()
    with (
        Crowd(kinds.client, "https://rest.example.com/", *in_the_gap, every=0.1),
        Crowd(kinds.client, "https://http.example.com/_health", *before_the_move, every=0.1),
    ):
        kinds.side_by_side("apply", "--yes", stages=("rest", "edge", "http", "iam"))
        wait_for_more((*in_the_gap, *before_the_move))
    for client in in_the_gap:
        assert {request.problem for request in client.failures()} <= {GAP}
        assert not any(request.problem for request in client.requests[-20:])
    assert_all_served(before_the_move)
    kinds.side_by_side("plan", "--detailed-exitcode", stages=("rest", "edge", "iam"))
    assert_closed(kinds)
    regional = kinds.ask(EDGE)
    assert (regional.status, said(regional)["region"]) == (200, "us-west-2")
    assert kinds.ask("https://rest.example.com/", Origin=ORIGIN).status == 200

    def change_back(document: Any) -> None:
        document["stages"]["edge"]["api"]["endpoint"] = "edge"
        document["stages"]["http"]["api"]["domain"] = "shop.example.com"

    kinds.app.change(change_back)
    after_the_move = two_clients()
    with Crowd(kinds.client, SHOP_HEALTH, *after_the_move, every=0.1):
        kinds.side_by_side("apply", "--yes", stages=("edge", "http"))
        wait_for_more(after_the_move)
    assert_all_served(after_the_move)
    kinds.side_by_side("plan", "--detailed-exitcode", stages=("http",))
    assert not kinds.client.route("http.example.com", "london").found
    assert set(kinds.urls("http").values()) == {
        "https://us-west-2.shop.example.com/",
        "https://eu-west-2.shop.example.com/",
    }
    assert kinds.ask(EDGE).status == 200


def test_what_left_the_config_left_the_account(kinds: Kinds) -> None:
    """The change before took limits, traces, `/tmp` and concurrency away from `http`."""
    aws = Aws(kinds.app.sandbox.endpoint)
    name = {"FunctionName": "kinds-http"}
    for region in ("us-west-2", "eu-west-2"):
        lambdas = aws.client("lambda", region)
        found = lambdas.get_function(**name)
        function = found["Configuration"]
        assert function["TracingConfig"]["Mode"] == "PassThrough"
        assert function["EphemeralStorage"]["Size"] == 512
        assert "Concurrency" not in found
        assert (
            lambdas.list_provisioned_concurrency_configs(**name)["ProvisionedConcurrencyConfigs"]
            == []
        )
        gateway = aws.client("apigatewayv2", region)
        stage = gateway.get_stage(ApiId=api_of(gateway, "kinds-http"), StageName="$default")
        limits = stage["DefaultRouteSettings"]
        assert (limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]) == (10_000, 5_000)


def test_an_app_without_variables_loses_a_region(kinds: Kinds) -> None:
    """A key for no variables would be a change in every plan, at which `region remove` stops."""
    done = kinds.app.tfgen(
        *("region", "remove", "eu-west-2", "--stage", "url", "--drain", "0", "--sandbox", "--yes")
    )
    assert "Removed" in done.stderr
    assert list(kinds.urls("url")) == ["us-west-2"]
    assert kinds.ask(f"{kinds.urls('url')['us-west-2']}path").status == 200


def test_a_bundle_becomes_an_image_and_a_bundle_again(kinds: Kinds) -> None:
    """Both replace the function, and with it all that belongs to its alias.

    An image does not run in the sandbox, so what shows that requests reach it is the reason why
    they fail. On the way, one app lets go of its tokens and gets its first variable.
    """
    bundle: dict[str, Any] = {}

    def to_image(document: Any) -> None:
        function = document["function"]
        bundle.update({key: function.pop(key) for key in ("source", "runtime", "handler")})
        function["image"] = "kinds:1"
        http = document["stages"]["http"]
        http["function"] = {"provisioned_concurrency": 2}
        del http["api"]["auth"], http["api"]["jwt"]

    def to_bundle(document: Any) -> None:
        del document["function"]["image"]
        document["function"].update(bundle)
        document["stages"]["http"]["env"] = {"COLOR": "blue"}

    aws = Aws(kinds.app.sandbox.endpoint)
    lambdas = aws.client("lambda", "us-west-2")
    gateway = aws.client("apigatewayv2", "us-west-2")
    before = kinds.urls("url")["us-west-2"]
    kinds.app.change(to_image)
    kinds.side_by_side("apply", "--yes", stages=tuple(REPLACED))
    kinds.side_by_side("plan", "--detailed-exitcode", stages=tuple(REPLACED))
    as_image = kinds.urls("url")["us-west-2"]
    assert as_image != before, "Lambda gives a new URL a new host"
    for stage, sids in REPLACED.items():
        live = {"FunctionName": f"kinds-{stage}", "Qualifier": "live"}
        assert lambdas.get_function(**live)["Configuration"]["PackageType"] == "Image"
        statements = json.loads(lambdas.get_policy(**live)["Policy"])["Statement"]
        assert {statement["Sid"] for statement in statements} >= sids
    for url in (as_image, SHOP_HEALTH, EDGE):
        answer = kinds.ask(url, place="oregon")
        assert answer.status >= 500
        assert "image" in (answer.notice or "")
    assert gateway.get_authorizers(ApiId=api_of(gateway, "kinds-http"))["Items"] == []
    provisioned = lambdas.get_provisioned_concurrency_config(
        FunctionName="kinds-http", Qualifier="live"
    )
    assert provisioned["RequestedProvisionedConcurrentExecutions"] == 2

    kinds.app.change(to_bundle)
    clients = two_clients()
    with Crowd(kinds.client, SHOP_HEALTH, *clients, every=0.1):
        kinds.side_by_side("apply", "--yes", stages=tuple(REPLACED))
        wait_for_more(clients)
    kinds.side_by_side("plan", "--detailed-exitcode", stages=tuple(REPLACED))
    for client in clients:
        assert client.failures(), "an image does not run here"
        assert not any(request.problem for request in client.requests[-20:])
    as_bundle = kinds.urls("url")["us-west-2"]
    assert as_bundle != as_image
    assert kinds.ask(as_bundle).status == 200
    assert kinds.ask(EDGE).status == 200
    keys = {
        stage: lambdas.get_function_configuration(FunctionName=f"kinds-{stage}").get("KMSKeyArn")
        for stage in REPLACED
    }
    assert [stage for stage, key in keys.items() if key] == ["http"]


def test_nothing_is_left_in_the_end_but_what_the_account_logs_with(kinds: Kinds) -> None:
    kinds.side_by_side("destroy", "--yes")
    endpoint = kinds.app.sandbox.endpoint
    left = [each for each in inventory(endpoint) if not each.seeded]
    roles = {f"kinds-rest-apigateway-{region}" for region in ("eu-west-2", "us-west-2")}
    assert {each.id for each in left} == roles
    for region in ("eu-west-2", "us-west-2"):
        account = Aws(endpoint).client("apigateway", region).get_account()
        assert account["cloudwatchRoleArn"].rpartition("/")[2] in roles


def api_of(gateway: Any, name: str) -> str:
    """Returns the ID of an HTTP API."""
    (found,) = [each["ApiId"] for each in gateway.get_apis()["Items"] if each["Name"] == name]
    return str(found)


def assert_closed(kinds: Kinds) -> None:
    """Holds that a REST API no longer answers what it does not have any more."""
    url = "https://iam.example.com/"
    assert kinds.ask(f"{url}up").status == 200
    for refused in (
        kinds.ask(f"{url}_health", Origin=ORIGIN),
        kinds.ask(url, "OPTIONS", Origin=ORIGIN, Access_Control_Request_Method="GET"),
        kinds.ask(url, Origin=ORIGIN),
    ):
        assert refused.status == 403
        assert not [
            name for name, _ in refused.headers if name.lower().startswith("access-control")
        ]


def two_clients() -> tuple[Asking, Asking]:
    """Returns a client near each of the regions, which keeps what DNS says for its 60 seconds."""
    return Asking("london", 60.0), Asking("oregon", 60.0)


def assert_all_served(clients: Sequence[Asking]) -> None:
    """Holds that no request failed, and that each client was served by the region near it."""
    assert [client.failures() for client in clients] == [[], []]
    assert [set(client.regions()) for client in clients] == [{"eu-west-2"}, {"us-west-2"}]


def wait_for_more(clients: Sequence[Asking]) -> None:
    """Waits until each client has asked once more after all of it was applied."""
    counts = [len(client.requests) for client in clients]
    while any(
        len(client.requests) < count + 20 for client, count in zip(clients, counts, strict=True)
    ):
        time.sleep(0.1)

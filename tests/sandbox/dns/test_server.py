"""The DNS server, asked over UDP and TCP."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest
from dnslib import EDNS0, QTYPE, RCODE, DNSHeader, DNSQuestion, DNSRecord, EDNSOption

from tests.sandbox.dns.zone import API, OREGON, latency, target_in, zones_of
from tfgen.errors import TfgenError
from tfgen.sandbox.dns.model import Alias, RecordSet, Zones
from tfgen.sandbox.dns.server import DnsServer

ZONES = zones_of(
    latency("us-west-2"),
    latency("eu-west-2"),
    RecordSet(API, "AAAA", alias=Alias(target_in("us-west-2")), set_identifier="6", region="x"),
    RecordSet("www.example.com", "CNAME", ttl=300, values=("api.example.com",)),
    RecordSet("example.com", "MX", ttl=300, values=("10 mx1.example.net.", "20 mx2.example.net.")),
    RecordSet(
        "example.com", "TXT", ttl=300, values=('"v=spf1 include:a.example -all"', '"a; b" "c"')
    ),
    RecordSet("example.com", "CAA", ttl=300, values=('0 issue "amazon.com"',)),
    RecordSet("_s._tcp.example.com", "SRV", ttl=9, values=("1 2 443 api.example.com.",)),
    RecordSet("long.example.com", "TXT", ttl=9, values=tuple(f'"{n:0200}"' for n in range(9))),
    RecordSet("bad.example.com", "A", ttl=9, values=("not an address",)),
    RecordSet("loop.example.com", "CNAME", ttl=9, values=("loop.example.com",)),
)


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    server = DnsServer(OREGON, lambda: ZONES, lambda _: True)
    server.start()
    yield server
    server.close()


def send(server: DnsServer, request: DNSRecord, *, tcp: bool = False) -> DNSRecord:
    return DNSRecord.parse(request.send("127.0.0.1", server.port, tcp=tcp, timeout=60))


def ask(server: DnsServer, name: str, type_: str = "A", *, tcp: bool = False) -> DNSRecord:
    return send(server, DNSRecord.question(name, type_), tcp=tcp)


def told(reply: DNSRecord) -> list[tuple[str, int, str, str]]:
    return [(str(one.rname), one.ttl, QTYPE[one.rtype], str(one.rdata)) for one in reply.rr]


@pytest.mark.parametrize("tcp", [False, True])
def test_the_gateway_is_on_loopback(server: DnsServer, tcp: bool) -> None:
    reply = ask(server, "API.Example.com", tcp=tcp)
    assert told(reply) == [("api.example.com.", 60, "A", "127.0.0.1")]
    assert (reply.header.aa, reply.header.ra, RCODE[reply.header.rcode]) == (1, 0, "NOERROR")
    assert server.resolve(API, "A").region == "us-west-2"


def test_a_cname_comes_with_what_it_leads_to(server: DnsServer) -> None:
    assert told(ask(server, "www.example.com")) == [
        ("www.example.com.", 300, "CNAME", "api.example.com."),
        ("api.example.com.", 60, "A", "127.0.0.1"),
    ]


@pytest.mark.parametrize(
    ("name", "type_", "answers"),
    [
        ("example.com", "MX", ["10 mx1.example.net.", "20 mx2.example.net."]),
        ("example.com", "CAA", ['0 issue "amazon.com"']),
        ("_s._tcp.example.com", "SRV", ["1 2 443 api.example.com."]),
    ],
)
def test_other_types(server: DnsServer, name: str, type_: str, answers: list[str]) -> None:
    assert [answer for *_, answer in told(ask(server, name, type_))] == answers


def test_texts_keep_their_parts(server: DnsServer) -> None:
    reply = ask(server, "example.com", "TXT")
    assert [one.rdata.data for one in reply.rr] == [
        [b"v=spf1 include:a.example -all"],
        [b"a; b", b"c"],
    ]


@pytest.mark.parametrize(
    ("name", "type_", "rcode"),
    [
        ("no.example.com", "A", "NXDOMAIN"),
        ("example.com", "A", "NOERROR"),
        (API, "AAAA", "NOERROR"),
        ("example.com", "ANY", "NOERROR"),
    ],
)
def test_what_there_is_not(server: DnsServer, name: str, type_: str, rcode: str) -> None:
    reply = ask(server, name, type_)
    assert RCODE[reply.header.rcode] == rcode
    assert not reply.rr
    (soa,) = reply.auth
    assert (str(soa.rname), QTYPE[soa.rtype], soa.ttl) == ("example.com.", "SOA", 900)


@pytest.mark.parametrize(
    ("name", "rcode"),
    [
        ("example.org", "REFUSED"),
        ("bad.example.com", "SERVFAIL"),
        ("loop.example.com", "SERVFAIL"),
    ],
)
def test_what_is_not_answered(server: DnsServer, name: str, rcode: str) -> None:
    reply = ask(server, name)
    assert RCODE[reply.header.rcode] == rcode
    assert not reply.rr
    assert reply.header.aa == int(rcode != "REFUSED")


def test_an_execute_api_host_is_the_gateway(server: DnsServer) -> None:
    assert told(ask(server, target_in("eu-west-2")))[0][2:] == ("A", "127.0.0.1")


def test_a_long_answer_is_cut_and_comes_whole_over_tcp(server: DnsServer) -> None:
    cut = ask(server, "long.example.com", "TXT")
    assert (cut.header.tc, cut.rr) == (1, [])
    whole = ask(server, "long.example.com", "TXT", tcp=True)
    assert (whole.header.tc, len(whole.rr)) == (0, 9)


def test_edns_is_answered_and_the_client_subnet_ignored(server: DnsServer) -> None:
    request = DNSRecord.question(API)
    # London's own network, as RFC 7871 writes 192.0.2.0/24.
    subnet = EDNSOption(8, struct.pack("!HBB3B", 1, 24, 0, 192, 0, 2))
    request.add_ar(EDNS0(udp_len=4096, opts=[subnet]))
    reply = send(server, request)
    assert [answer for *_, answer in told(reply)] == ["127.0.0.1"]
    (opt,) = reply.ar
    assert (opt.edns_len, opt.rdata) == (1232, [])


def test_other_requests(server: DnsServer) -> None:
    notify = DNSRecord(DNSHeader(opcode=4), q=DNSQuestion(API))
    assert RCODE[send(server, notify).header.rcode] == "NOTIMP"
    chaos = DNSRecord(q=DNSQuestion("version.bind", QTYPE.TXT, 3))
    assert RCODE[send(server, chaos).header.rcode] == "REFUSED"
    two = DNSRecord(questions=[DNSQuestion(API), DNSQuestion("example.com")])
    assert RCODE[send(server, two).header.rcode] == "FORMERR"


def test_noise_gets_no_answer_and_does_no_harm(server: DnsServer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", server.port))
        for noise in (b"", b"\x00", b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)), b"\xff" * 12):
            client.send(noise)
    with socket.create_connection(("127.0.0.1", server.port)) as stream:
        stream.sendall(b"\x00\x05hello")
        assert stream.recv(1) == b""
    assert told(ask(server, API))


def test_several_requests_in_one_connection(server: DnsServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as stream:
        for name in (API, "www.example.com"):
            data = DNSRecord.question(name).pack()
            stream.sendall(struct.pack("!H", len(data)) + data)
            with stream.makefile("rb") as replies:
                (length,) = struct.unpack("!H", replies.read(2))
                assert DNSRecord.parse(replies.read(length)).rr


def test_the_zones_are_those_of_the_moment() -> None:
    current = [Zones()]
    server = DnsServer(OREGON, lambda: current[0], lambda _: True)
    server.start()
    try:
        assert RCODE[ask(server, API).header.rcode] == "REFUSED"
        current[0] = ZONES
        assert told(ask(server, API))
    finally:
        server.close()


def test_a_taken_port_is_said_and_a_closed_one_is_free(server: DnsServer) -> None:
    with pytest.raises(TfgenError, match=f"Port {server.port} of 127.0.0.1 is taken"):
        DnsServer(OREGON, lambda: ZONES, lambda _: True, port=server.port)
    first = DnsServer(OREGON, lambda: ZONES, lambda _: True)
    first.start()
    first.close()
    again = DnsServer(OREGON, lambda: ZONES, lambda _: True, port=first.port)
    assert again.port == first.port
    again.close()

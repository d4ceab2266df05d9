"""DNS messages: from a request's bytes to the reply's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from tfgen.sandbox.dns.model import RecordSet, Resolution, Status

if TYPE_CHECKING:
    from dnslib import RR, DNSRecord

Resolve: TypeAlias = Callable[[str, str], Resolution]
"""Takes a host name and a type."""

GATEWAY_ADDRESS: Final = "127.0.0.1"

# What every client takes over UDP, and the most that we send one that takes more (RFC 6891).
_UDP_SIZE: Final = 512
_UDP_MOST: Final = 1232

_RCODES: Final = {
    Status.FOUND: "NOERROR",
    Status.NO_DATA: "NOERROR",
    Status.NO_NAME: "NXDOMAIN",
    Status.NOT_OURS: "REFUSED",
}

_log = logging.getLogger(__name__)


def answer(data: bytes, resolve: Resolve, *, udp: bool) -> bytes | None:
    """Answers a request.

    Args:
        data: the request without its length.
        resolve: resolves what it asks for.
        udp: whether the reply goes over UDP, where a long one is cut.

    Returns:
        The reply, without its length; None for what is not a request.
    """
    from dnslib import QTYPE, DNSError, DNSRecord

    try:
        request = DNSRecord.parse(data)
    except DNSError as error:
        _log.info("not a DNS message: %s", error)
        return None
    if request.header.qr:
        return None
    reply = request.reply(ra=0)
    opt = next((record for record in request.ar if record.rtype == QTYPE.OPT), None)
    _fill(request, reply, resolve)
    if opt is not None:
        _add_opt(reply)
    packed: bytes = reply.pack()
    takes = min(max(opt.edns_len, _UDP_SIZE), _UDP_MOST) if opt is not None else _UDP_SIZE
    if udp and len(packed) > takes:
        reply.rr, reply.auth = [], []
        reply.header.tc = 1
        packed = reply.pack()
    return packed


def _fill(request: DNSRecord, reply: DNSRecord, resolve: Resolve) -> None:
    from dnslib import CLASS, OPCODE, QTYPE, RCODE, DNSError

    def end(rcode: str) -> None:
        reply.header.rcode = RCODE.reverse[rcode]

    if request.header.opcode != OPCODE.QUERY:
        return end("NOTIMP")
    if len(request.questions) != 1:
        return end("FORMERR")
    if request.q.qclass != CLASS.IN:
        return end("REFUSED")
    found = resolve(str(request.q.qname), QTYPE.get(request.q.qtype))
    reply.header.aa = int(found.status is not Status.NOT_OURS)
    if found.status is Status.LOOP:
        return end("SERVFAIL")
    try:
        reply.add_answer(*_answers(found))
        if found.soa is not None and found.status in {Status.NO_NAME, Status.NO_DATA}:
            reply.add_auth(_negative(found.soa))
    except (DNSError, ValueError) as error:
        # Route 53 refuses such a value when the record is made; moto takes it.
        _log.warning("a record of %s cannot be sent: %s", found.name, error)
        reply.rr = []
        return end("SERVFAIL")
    return end(_RCODES[found.status])


def _answers(found: Resolution) -> Iterator[RR]:
    for one in found.answers:
        for value in one.values or (GATEWAY_ADDRESS,):
            yield _record(one.name, one.ttl, one.type, value)


def _negative(soa: RecordSet) -> RR:
    """Returns the SOA record with the time for which a client may remember that there is nothing.

    That is the smaller one of its TTL and of its last field (RFC 2308).
    """
    value = soa.values[0]
    return _record(soa.name, min(soa.ttl or 0, int(value.split()[-1])), "SOA", value)


def _record(name: str, ttl: int, type_: str, value: str) -> RR:
    from dnslib import RR, DNSError

    records = RR.fromZone(f"{name}. {ttl} IN {type_} {value}")
    if len(records) != 1:
        raise DNSError(f"{type_} {value}")
    return records[0]


def _add_opt(reply: DNSRecord) -> None:
    from dnslib import EDNS0

    reply.add_ar(EDNS0(udp_len=_UDP_MOST))

"""How what is written in one region comes to the others: later, and the last writer wins.

DynamoDB carries a write to the other regions usually within a second, and of two writes to one
item keeps the later one, whole:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html

A write is taken when its request is over, by comparing the item with what it was when the request
first touched it. So it does not matter which of moto's methods wrote, nor how often, and a
transaction that moto rolled back wrote nothing.
"""

from __future__ import annotations

import copy
import itertools
import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tfgen.sandbox.replicas.tables import GlobalTable, Replica, global_table, items, store, stored

if TYPE_CHECKING:
    from moto.dynamodb.models.dynamo_type import Item
    from moto.dynamodb.models.table import Table

    from tfgen.sandbox.replicas.tables import Key

#: Seconds between a write and its arrival in the other regions.
DELAY: Final = 0.5

_log = logging.getLogger("tfgen.sandbox")


@dataclass(frozen=True, slots=True)
class _Write:
    """One version of an item on its way to one region; no item for a deletion."""

    table: GlobalTable
    region: str
    key: Key
    item: Item | None
    version: int
    due: float

    def arrive(self) -> None:
        """Stores it, unless the region has a later one or no such replica any more."""
        table, replica = self.table.table(self.region), self.table.replicas.get(self.region)
        if table is None or replica is None or replica.versions.get(self.key, 0) > self.version:
            return
        replica.versions[self.key] = self.version
        store(table, self.key, self.item)


class Replication:
    """Carries the writes of one process; safe for threads.

    Args:
        delay: seconds between a write and its arrival.
    """

    def __init__(self, delay: float = DELAY) -> None:
        self._delay = delay
        # moto knows no threads. DynamoDB's requests do not see each other half done, and a
        # condition still holds when its write is made; so one is answered after the other.
        self._lock = threading.RLock()
        self._depth = 0
        self._touched: dict[tuple[str, str, str, Key], tuple[GlobalTable, Item | None]] = {}
        self._clock = itertools.count(1)
        self._underway: queue.SimpleQueue[_Write] = queue.SimpleQueue()
        self._carrier: threading.Thread | None = None

    @contextmanager
    def request(self) -> Iterator[None]:
        """Keeps other requests out; at the end of the outermost, what it wrote is sent off."""
        with self._lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._send_all()

    def touch(self, table: Table, key: Key) -> None:
        """Remembers an item as it is before the request in hand may change it."""
        whole = global_table(table)
        if whole is None:
            return
        where = (whole.account, whole.name, table.region_name, key)
        if where not in self._touched:
            self._touched[where] = (whole, copy.deepcopy(stored(table, key)))

    def copy_items(self, whole: GlobalTable, table: Table, replica: Replica) -> None:
        """Fills a new replica with the latest version of everything that any region has."""
        for other in whole.others(replica.region):
            theirs = whole.replicas[other.region_name].versions
            for key in {key for key, _ in items(other)} | theirs.keys():
                version = theirs.get(key, 0)
                if version >= replica.versions.get(key, 0):
                    replica.versions[key] = version
                    store(table, key, stored(other, key))

    def _send_all(self) -> None:
        touched, self._touched = self._touched, {}
        for (_, _, region, key), (whole, before) in touched.items():
            table, replica = whole.table(region), whole.replicas.get(region)
            if table is None or replica is None:
                continue
            item = stored(table, key)
            if _same(before, item):
                continue
            version = replica.versions[key] = next(self._clock)
            for other in sorted(whole.replicas.keys() - {region}):
                due = time.monotonic() + self._delay
                self._send(_Write(whole, other, key, copy.deepcopy(item), version, due))

    def _send(self, write: _Write) -> None:
        if write.table.strong:
            write.arrive()
            return
        self._underway.put(write)
        if self._carrier is None:
            self._carrier = threading.Thread(target=self._carry, name="replication", daemon=True)
            self._carrier.start()

    def _carry(self) -> None:
        while True:
            write = self._underway.get()
            time.sleep(max(0.0, write.due - time.monotonic()))
            with self._lock:
                try:
                    write.arrive()
                except Exception:  # noqa: BLE001 - what hangs on a stream may fail in any way
                    _log.exception("An item did not reach %s", write.region)


def _same(before: Item | None, after: Item | None) -> bool:
    if before is None or after is None:
        return before is after
    return bool(before.attrs == after.attrs)

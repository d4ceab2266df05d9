"""How a sandbox is started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Where the deployed APIs are, unless something else is there already.
GATEWAY_PORT: Final = 8640

#: Where clients are that do not say where they are.
PLACE: Final = "london"


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is started.

    Attributes:
        gateway_port: where the deployed APIs should be; if it is taken, they are elsewhere.
        dns_port: where the hosted zones should be; 0 is any port, None is nowhere.
        place: where clients are that do not say where they are, for `tfgen.places.find_place`.
    """

    gateway_port: int = GATEWAY_PORT
    dns_port: int | None = None
    place: str = PLACE

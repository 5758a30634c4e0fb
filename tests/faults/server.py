"""A server that does all that Sayso asks for, but where it was told to fail."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable, Collection

from tests.faults.api import Answer, Model, Service, answer, model_of, service_of
from tests.providers.openai import fault_server
from tests.providers.openai.fault_server import Behaviour, Exchange, FaultServer, Request

FaultOf = Callable[[Answer], Behaviour]
"""Makes the behaviour of a fault from what would be the right answer."""


class ApiServer(FaultServer):
    """Right by default. `inject` breaks one service until `heal`."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(self._serve, tls, port)
        self.model = Model()
        self.realtime_port = 0
        """Of the server that reads aloud, on loopback."""
        self._faults: dict[Service, tuple[FaultOf, Collection[int] | None]] = {}
        self._since_injected: Counter[Service] = Counter()

    def inject(
        self, service: Service, fault: FaultOf, numbers: Collection[int] | None = None
    ) -> None:
        """Fail requests of a service: all of them, or the `numbers`-th from now on (from 1)."""
        self._faults[service] = (fault, numbers)
        self._since_injected[service] = 0

    def heal(self) -> None:
        """Be right again."""
        self._faults.clear()

    def asked(self, service: Service) -> list[Request]:
        """The requests for a service so far."""
        return [request for request in self.requests if service_of(request) is service]

    async def _serve(self, exchange: Exchange) -> None:
        request = exchange.request
        service = service_of(request)
        self._since_injected[service] += 1
        behaviour: Behaviour = gone(request, self.model.gone) or self._right(request)
        if service in self._faults:
            fault, numbers = self._faults[service]
            if numbers is None or self._since_injected[service] in numbers:
                behaviour = fault(answer(request, self.model))
        await behaviour(exchange)

    def _right(self, request: Request) -> Behaviour:
        """As it should be."""
        if service_of(request) is Service.REALTIME:
            return lambda exchange: exchange.pass_on(self.realtime_port)
        return right(answer(request, self.model))


def right(whole: Answer) -> Behaviour:
    """As it should be."""
    return fault_server.stream(whole.pieces, "end", whole.kind)


def gone(request: Request, models: Collection[str]) -> Behaviour | None:
    """The refusal of a model that was retired; None when it lives."""
    if not models or service_of(request) is Service.MODELS:
        return None
    name = model_of(request)
    if name not in models:
        return None
    told = f"The model `{name}` has been deprecated and does not exist or you do not have access."
    return fault_server.error(404, told, code="model_not_found")

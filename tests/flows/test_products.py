"""A whole core: a model shows things to take along and asks for pages; only the user writes."""

from __future__ import annotations

import json
from pathlib import Path

from app import events
from app.products.commands import SaveProduct
from app.products.events import ProductOffered, ProductSaved
from app.products.product import Table
from tests.faults.whole import key_for, settings_for, whole_core
from tests.providers.openai import fault_server as faults
from tests.providers.openai.fault_server import FaultServer
from tests.web.site import Site, page


def calls(*wanted: tuple[str, dict[str, object]]) -> faults.Behaviour:
    """A reply that calls these tools."""
    made = [
        {
            "index": at,
            "id": f"call_{at}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for at, (name, arguments) in enumerate(wanted)
    ]
    return faults.stream(
        [
            faults.chat_event({"role": "assistant", "tool_calls": made}),
            faults.chat_event({}, "tool_calls"),
            faults.DONE,
        ]
    )


TABLE: dict[str, object] = {
    "title": "Sales",
    "columns": ["Month", "Sum"],
    "rows": [["May", "=1+1"]],
}


async def test_a_table_is_shown_and_is_written_where_the_user_says(tmp_path: Path) -> None:
    behaviour = faults.in_turn(
        calls(("offer_table", TABLE)), faults.stream(faults.chat("Here it is."))
    )
    async with FaultServer(behaviour) as server:
        settings = settings_for(server.base_url, transcription="built_in", speech="built_in")
        settings = settings.replace("[speech]", "[speech]\naloud = false")
        async with whole_core(tmp_path / "home", settings, key_for(server.base_url)) as core:
            await core.type("Put this into a spreadsheet")
            (offered,) = core.of(ProductOffered)
            assert offered.offer.product == Table("Sales", ("Month", "Sum"), (("May", "=1+1"),))
            assert core.of(events.ApprovalRequested) == []
            path = tmp_path / "Sales.csv"
            assert not path.exists()
            core.send(SaveProduct(offered.offer.id, offered.offer.product, path))
            await core.until(lambda: core.of(ProductSaved))
            assert path.read_bytes() == b"\xef\xbb\xbfMonth,Sum\r\nMay,'=1+1\r\n"


async def test_a_page_of_the_own_network_is_never_asked_for(tmp_path: Path) -> None:
    async with Site({"/": page("secret")}) as site:
        wanted = [
            ("read_page", {"url": f"http://{host}:{site.port}/", "part": 1})
            for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0")
        ]
        behaviour = faults.in_turn(calls(*wanted), faults.stream(faults.chat("It did not work.")))
        async with FaultServer(behaviour) as server:
            settings = settings_for(server.base_url, transcription="built_in", speech="built_in")
            settings = settings.replace("[speech]", "[speech]\naloud = false")
            async with whole_core(tmp_path / "home", settings, key_for(server.base_url)) as core:
                await core.type("Read my router's page")
                ended = core.of(events.ToolEnded)
        assert len(ended) == len(wanted)
        assert not any(each.ok for each in ended)
        assert site.heads == []

from __future__ import annotations

import datetime

import pytest

from app.tools.base import ToolFailed
from app.tools.clock import clock_tools, local_now
from tests.tools.calling import call

TOOLS = clock_tools(lambda: datetime.datetime(2026, 11, 21, 14, 5, 59))


async def test_time():
    assert await call(TOOLS, "get_time") == {
        "time": "14:05",
        "spoken": "five past two in the afternoon",
    }


@pytest.mark.parametrize(
    ("offset", "date"), [(0, "2026-11-21"), (1, "2026-11-22"), (-21, "2026-10-31")]
)
async def test_date(offset, date):
    found = await call(TOOLS, "get_date", offset_days=offset)
    assert found["date"] == date
    assert str(int(date[:4])) in found["spoken"]


async def test_a_day_beyond_the_calendar_is_told():
    for days in (10**7, -(10**12)):
        with pytest.raises(ToolFailed, match="outside"):
            await call(TOOLS, "get_date", offset_days=days)


def test_local_time_has_a_zone():
    assert local_now().tzinfo is not None

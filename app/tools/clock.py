"""Tools that tell the time and the date."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Annotated

from app.tools.base import Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool
from app.tools.spoken import spoken_date, spoken_time


def local_now() -> datetime.datetime:
    """This moment, in the system's time zone."""
    return datetime.datetime.now().astimezone()


def clock_tools(now: Callable[[], datetime.datetime] = local_now) -> tuple[Tool, ...]:
    """get_time and get_date; `now` gives local time."""

    @tool(description="The current local time.", risk=Risk.READ, family="time")
    async def get_time() -> Answer:
        time = now().time()
        return {"time": f"{time:%H:%M}", "spoken": spoken_time(time)}

    @tool(
        description="The date of today, or of a day some days away.", risk=Risk.READ, family="time"
    )
    async def get_date(
        offset_days: Annotated[int, "Days from today: 0 is today, 1 tomorrow, -1 yesterday."] = 0,
    ) -> Answer:
        try:
            date = now().date() + datetime.timedelta(days=offset_days)
        except OverflowError:
            raise ToolFailed("That day is outside the years 1 to 9999.") from None
        return {"date": date.isoformat(), "spoken": spoken_date(date)}

    return get_time, get_date

"""Instants (ms since 1970 UTC), Beijing days by a fixed +08:00, and when a period is over (G-03)."""

import datetime
import re

DAY = 86_400_000
BEIJING = 8 * 3_600_000
_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def instant(text):
    """RFC 3339 to ms."""
    if isinstance(text, datetime.datetime):
        moment = text
    else:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    gone = moment - _EPOCH
    return gone.days * DAY + gone.seconds * 1000 + gone.microseconds // 1000


def text_of(ms):
    """Beijing time with milliseconds."""
    local = _EPOCH + datetime.timedelta(milliseconds=ms + BEIJING)
    return local.strftime("%Y-%m-%dT%H:%M:%S.") + "%03d+08:00" % (ms % 1000)


def period(text):
    count, unit = re.fullmatch(r"(\d+)(ms|s|min|h|d|mo|y)", text).groups()
    return int(count), unit


def first_too_late(start, limit):
    """Hours and less include the limit itself; days, months and years end at 24:00 of the last."""
    count, unit = limit
    if unit in _UNITS:
        return start + count * _UNITS[unit] + 1
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=(start + BEIJING) // DAY)
    if unit == "d":
        last = date + datetime.timedelta(days=count)
    else:
        months = date.year * 12 + date.month - 1 + count * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        day = date.day
        while True:  # a month's missing day becomes its last
            try:
                last = datetime.date(year, month, day)
                break
            except ValueError:
                day -= 1
    return ((last - datetime.date(1970, 1, 1)).days + 1) * DAY - BEIJING

"""Deadlines as an iCalendar file (RFC 5545, RFC 7986), which calendar programs fetch again and again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, FreeBusy, vDuration

from quizapp.credits.deadlines import HeldDeadline

NAME = "Credit deadlines"
FETCHED_EVERY = timedelta(hours=12)
ALARM_DAYS = (30, 7)
# The day of an event begins at midnight, and so would its alarms.
ALARM_HOUR = timedelta(hours=9)


def calendar_of(deadlines: Sequence[HeldDeadline], page: str, now: datetime) -> bytes:
    """One all-day event for each deadline; `page` is where its owner can look at all of them.

    A calendar must have a part (RFC 5545, 3.6). Without a deadline it is a list of busy times that lists none: programs
    show nothing, where an address that gives 404 would be given up.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//quizapp//Credit deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", FETCHED_EVERY, {"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(FETCHED_EVERY))
    for each in deadlines:
        calendar.add_component(_event(each, page, now))
    if not deadlines:
        calendar.add_component(_nothing(now))
    content: bytes = calendar.to_ical()
    return content


def _event(each: HeldDeadline, page: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", str(each.id))
    event.add("dtstamp", now)
    event.add("last-modified", now)
    event.add("dtstart", each.deadline.day)
    event.add("summary", f"{each.name}: {each.deadline.summary}")
    event.add("description", "\n\n".join(each.deadline.sentences))
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if not each.deadline.is_settled:
        for days in ALARM_DAYS:
            event.add_component(_alarm(days, f"{each.name}: {each.deadline.summary}"))
    return event


def _nothing(now: datetime) -> FreeBusy:
    nothing = FreeBusy()
    nothing.add("uid", "no-deadlines")
    nothing.add("dtstamp", now)
    return nothing


def _alarm(days: int, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", ALARM_HOUR - timedelta(days=days))
    return alarm

"""What an office file lays down, as the values the domain works with."""

from config.catalogue import Catalogue
from config.office import Office
from config.office_duty import AreaDuty
from config.office_promises import Promise as WrittenPromise
from config.office_promises import Waiting as WrittenWaiting
from config.working_time import Duration, Hours
from tickets.deadlines import LadderStep, Promise
from tickets.flood import Patience
from tickets.hours import Calendar, Span
from tickets.models import Urgency
from tickets.policy import Area, Duty, OutsideBody, Policy, Waiting


def policy_of(office: Office, catalogue: Catalogue) -> Policy:
    """The rules of one office. Every area of the catalogue is in it, with who handles it there."""
    return Policy(
        office=office.id,
        name=office.name,
        calendar=_calendar(office),
        areas={area.id: _area(office, area.id, area.name) for area in catalogue.areas.values()},
        reception=office.reception,
        promises={area: _promise(office.promise(area)) for area in office.promises.areas},
        default_promise=_promise(office.promise()),
        ladder=tuple(LadderStep(_span(step.after), step.to) for step in office.escalation),
        ask_timeout=_span(office.ask_timeout),
        reopen_within=office.reopen_within,
        close_after=office.close_after,
        code_valid=office.staff_code_valid,
        calendars={area: _calendar(office, hours) for area, hours in office.area_hours.items()},
        urgent_promises={area: _promise(office.promise(area, urgent=True)) for area in ("", *office.promises.areas)},
        grades={Urgency.LOW: office.promises.low, Urgency.HIGH: office.promises.high},
        tell_moved=office.moved_promises.by if office.moved_promises.tell else None,
        acknowledged_for=_span(office.acknowledged_for),
        stand_in_after=_span(office.stand_in_after),
        digest_to=office.digest.to,
        closing_digest=_span(office.digest.before_closing),
        waiting=_waiting(office.waiting),
        duties={area: _duty(office, one) for area, one in office.duty.areas.items()},
        default_duty=_duty(office, office.duty.default),
        unseen_after=_span(office.duty.unseen_after),
        two_supervisors=office.people.two_supervisors,
        request_valid=office.people.request_valid,
        patience=Patience(office.flood.burst, office.flood.per_minute),
    )


def _calendar(office: Office, own: Hours | None = None) -> Calendar:
    """The office's calendar, or that of an area with hours of its own: days off and exceptions hold for both."""
    hours = own or office.hours
    week = tuple(hours.week.get(day, ()) for day in range(7))
    if own is None:
        return Calendar(office.timezone, week, hours.days_off, hours.extra_days)
    extra = {day: sessions for day, sessions in office.hours.extra_days.items() if day not in own.days_off}
    return Calendar(office.timezone, week, office.hours.days_off | own.days_off, extra | dict(own.extra_days))


def _area(office: Office, area: str, name: str) -> Area:
    department = office.department_of(area)
    body = None if department else office.outside_of(area)
    return Area(
        id=area,
        name=name,
        department=department.name if department else "",
        counter=(department.counter or "") if department else "",
        outside=OutsideBody(body.name, body.address or "", body.phone or "") if body else None,
    )


def _promise(written: WrittenPromise) -> Promise:
    following = _span(written.next_reply) if written.next_reply is not None else None
    return Promise(_span(written.first_reply), _span(written.resolve), written.warn_at, following)


def _duty(office: Office, own: AreaDuty) -> Duty:
    usual = office.duty.default
    roster = own.roster if own.roster is not None else usual.roster
    return Duty(own.assign or usual.assign or "none", own.cap or usual.cap, roster or {})


def _waiting(written: WrittenWaiting) -> Waiting:
    end = written.close_after
    return Waiting(
        remind_after=_span(written.remind_after),
        again_after=_span(written.again_after),
        reminders=written.reminders,
        close_after=_span(end) if end is not None else None,
    )


def _span(length: Duration) -> Span:
    return Span(length.minutes, length.days, length.real_minutes, length.real_days, length.until)

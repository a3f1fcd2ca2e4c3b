"""Every row the office keeps, one file per noun."""

from tickets.models.act import Act
from tickets.models.alert import Alert
from tickets.models.approval import Approval, Wanted
from tickets.models.block import Block
from tickets.models.calendar_day import CalendarDay, DayKind
from tickets.models.canned_reply import CannedReply
from tickets.models.dialog import Dialog
from tickets.models.duty import Absence, RosterDay, RosterWeek, Turn
from tickets.models.event import Event, EventKind
from tickets.models.grant import ChannelConsent, ChannelGrant
from tickets.models.inbox import InboxRow, InboxState
from tickets.models.linking import LinkCode, ResidentLink
from tickets.models.message import Direction, Message
from tickets.models.outbox import OutboxKind, OutboxRow, OutboxState, Priority
from tickets.models.people import Contact, Invitation, Resident, Role, Staff, StaffChat, StaffChatMember
from tickets.models.place import TicketPlace
from tickets.models.report import Part, ReportFigure, ReportRun, ReportText
from tickets.models.resident_group import GroupCode, ResidentGroup, TicketGroup
from tickets.models.scheduled_run import ScheduledRun
from tickets.models.spending import Spending
from tickets.models.stored_file import StoredFile
from tickets.models.tag import TicketTag
from tickets.models.ticket import Status, Ticket, TicketCounter, Urgency
from tickets.models.topic import CurrentTicket, TicketTopic
from tickets.models.understanding import ConfirmedFact, LearntModel, Outcome, ProcedureAnswer, TaughtBy, TaughtExample

__all__ = [
    "Absence",
    "Act",
    "Alert",
    "Approval",
    "Block",
    "CalendarDay",
    "CannedReply",
    "ChannelConsent",
    "ChannelGrant",
    "ConfirmedFact",
    "Contact",
    "CurrentTicket",
    "DayKind",
    "Dialog",
    "Direction",
    "Event",
    "EventKind",
    "GroupCode",
    "InboxRow",
    "InboxState",
    "Invitation",
    "LearntModel",
    "LinkCode",
    "Message",
    "OutboxKind",
    "OutboxRow",
    "OutboxState",
    "Outcome",
    "Part",
    "Priority",
    "ProcedureAnswer",
    "ReportFigure",
    "ReportRun",
    "ReportText",
    "Resident",
    "ResidentGroup",
    "ResidentLink",
    "Role",
    "RosterDay",
    "RosterWeek",
    "ScheduledRun",
    "Spending",
    "Staff",
    "StaffChat",
    "StaffChatMember",
    "Status",
    "StoredFile",
    "TaughtBy",
    "TaughtExample",
    "Ticket",
    "TicketCounter",
    "TicketGroup",
    "TicketPlace",
    "TicketTag",
    "TicketTopic",
    "Turn",
    "Urgency",
    "Wanted",
]

"""What departments hand in for the weekly report, and which of its steps have been done: each once an office and week.

A week is named by its Monday.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from tickets.models.people import Staff


class Part(StrEnum):
    """The free parts of the report; the figures of part III are counted, its words are RESULTS."""

    STEERING = "steering"  # I. Công tác chỉ đạo, điều hành
    PUBLICITY = "publicity"  # II. Thông tin, tuyên truyền
    RESULTS = "results"  # III. beside the figures
    DIFFICULTIES = "difficulties"  # IV. Khó khăn, vướng mắc
    PROPOSALS = "proposals"  # V. Đề xuất, kiến nghị
    NOTHING = "nothing"  # the department has nothing to add: it has handed in
    DAY = "day"  # the day a person chose for this week, as 2026-11-26, where the usual one is off
    SIGNED_BY = "signed_by"  # which signing block a person chose for this week


class ReportText(Model):
    """Words of a department (empty: the office as a whole) for one part of one week's report."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    week = fields.DateField()  # in whose report they stand
    part = fields.CharEnumField(Part, max_length=16)
    department = fields.CharField(max_length=64, default="")
    text = fields.TextField(default="")
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="report_texts", on_delete=fields.OnDelete.RESTRICT
    )
    late = fields.BooleanField(default=False)  # came after the week before had closed
    withdrawn = fields.BooleanField(default=False)  # replaced by a person who finished the draft
    at = fields.DatetimeField()

    staff_id: int

    class Meta:
        table = "report_text"
        indexes = (("office", "week"),)


class ReportFigure(Model):
    """A number a department reports itself, of one initiative and procedure: what no ticket can tell."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    week = fields.DateField()
    model = fields.CharField(max_length=64)  # id of the initiative in the office file
    procedure = fields.CharField(max_length=32, default="")  # empty: of the initiative as a whole
    department = fields.CharField(max_length=64, default="")
    count = fields.IntField()
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "tickets.Staff", related_name="report_figures", on_delete=fields.OnDelete.RESTRICT
    )
    late = fields.BooleanField(default=False)
    withdrawn = fields.BooleanField(default=False)  # corrected by a later one
    at = fields.DatetimeField()

    staff_id: int

    class Meta:
        table = "report_figure"
        indexes = (("office", "week"),)


class ReportRun(Model):
    """A step of a week's report that has been done: the unique row that keeps two workers from doing it twice."""

    id = fields.BigIntField(primary_key=True)
    office = fields.CharField(max_length=64)
    week = fields.DateField()
    step = fields.CharField(max_length=16)  # begun, remind, close, deliver, sent
    due = fields.DatetimeField()
    cut = fields.DatetimeField(null=True)  # until when the figures of this week were counted, of `close`
    at = fields.DatetimeField()

    class Meta:
        table = "report_run"
        unique_together = (("office", "week", "step"),)

"""Four urgencies, what a resident was told, and how far due times are counted anew after a change of the calendar."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tickets.models.event import EventKind
from tickets.models.report import Part
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tickets', '0014_tickets_merged_into_others')]

    initial = False

    operations = [
        ops.AddField(
            model_name='CalendarDay',
            name='moved',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='recounted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='recounted_to',
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AlterModelOptions(
            name='CurrentTicket',
            options={'table': 'current_ticket', 'app': 'tickets', 'pk_attr': 'contact_id', 'table_description': 'The ticket a member of staff last named or opened in their private chat: what words without a number go to.'},
        ),
        ops.AlterField(
            model_name='Event',
            name='kind',
            field=fields.CharEnumField(description='OPENED: opened\nROUTED: routed\nCLAIMED: claimed\nRELEASED: released\nASSIGNED: assigned\nTRANSFERRED: transferred\nRESIDENT_WROTE: resident_wrote\nREPLIED: replied\nNOTED: noted\nWAITING: waiting\nRESUMED: resumed\nSNOOZED: snoozed\nRESOLVED: resolved\nREOPENED: reopened\nCLOSED: closed\nRATED: rated\nALERTED: alerted\nPRIORITY: priority\nEXTENDED: extended\nACKNOWLEDGED: acknowledged\nREMINDED: reminded\nAPOLOGY_DRAFTED: apology_drafted\nHANDED_OVER: handed_over\nMOVED_TOLD: moved_told\nAPOLOGISED: apologised\nCHASED: chased\nPROCEDURE: procedure\nTAGGED: tagged\nMERGED: merged\nUNMERGED: unmerged\nABSORBED: absorbed\nPARTED: parted\nSPLIT: split', enum_type=EventKind, max_length=20),
        ),
        ops.AlterField(
            model_name='ReportText',
            name='part',
            field=fields.CharEnumField(description='STEERING: steering\nPUBLICITY: publicity\nRESULTS: results\nDIFFICULTIES: difficulties\nPROPOSALS: proposals\nNOTHING: nothing\nDAY: day\nSIGNED_BY: signed_by', enum_type=Part, max_length=16),
        ),
        ops.AddField(
            model_name='Ticket',
            name='grade',
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Ticket',
            name='told_due',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        # Changes made before have been counted for at once.
        ops.RunSQL(["UPDATE calendar_day SET recounted_at = at"], ["SELECT 1"]),
    ]

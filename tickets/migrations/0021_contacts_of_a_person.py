"""Whose contact it is, and how its telephone number ends: asked at every scan of deadlines and by every search.

Additive: indexes alone, which an older program running beside this one never notices.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

INDEXES = (
    ("contact_staff", "CREATE INDEX contact_staff ON contact (staff_id) WHERE staff_id IS NOT NULL"),
    ("contact_resident", "CREATE INDEX contact_resident ON contact (resident_id) WHERE resident_id IS NOT NULL"),
    (
        "contact_phone_end",
        'CREATE INDEX contact_phone_end ON contact (office, reverse("user") text_pattern_ops) WHERE "user" LIKE \'+%\'',
    ),
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_place_of_late_words")]

    operations = [ops.RunSQL([create for _, create in INDEXES], [f"DROP INDEX {name}" for name, _ in INDEXES])]

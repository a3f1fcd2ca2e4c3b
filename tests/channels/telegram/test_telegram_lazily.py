"""aiogram's models are built when they are used, and not all at once when it is imported."""

import subprocess
import sys

# In a process of its own: here aiogram may have been imported already, by whatever test came before.
_USES = """
import json
from channels.telegram import adapter, parse, render
from channels.contract import Button, Outbound
from aiogram import types

unused = [name for name in types.__all__ if getattr(getattr(types, name), "__pydantic_complete__", False)]
assert len(unused) < len(types.__all__) / 3, f"{len(unused)} of {len(types.__all__)} are built by the import alone"
person = {"id": 5, "is_bot": False, "first_name": "Thử"}
chat = {"id": 5, "type": "private", "first_name": "Thử"}
photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 3}]
said = {"message_id": 1, "date": 1790000000, "chat": chat, "from": person, "photo": photo, "caption": "giấy tờ",
        "reply_to_message": {"message_id": 0, "date": 1790000000, "chat": chat, "text": "x"}}
pressed = {"id": "9", "from": person, "chat_instance": "c", "data": "/nhan 1", "message": said}
member = {"chat": {"id": -1, "type": "group", "title": "Tổ"}, "from": person, "date": 1790000000,
          "old_chat_member": {"status": "left"}, "new_chat_member": {"status": "member"}}
for kind, what in (("message", said), ("edited_message", said | {"edit_date": 1790000001}),
                   ("callback_query", pressed), ("my_chat_member", member)):
    [event] = parse.update({"update_id": 1, kind: what}, "telegram", "thu_bot")
    print(event.kind, event.reply_to, len(event.attachments))
[call] = render.calls(Outbound("r", "5", text="Chào", buttons=((Button("Nhận", "/nhan 1"),),)))
print(call.reply_markup.inline_keyboard[0][0].callback_data)
assert types.Message.__pydantic_complete__
"""


def test_what_is_used_is_built_then_and_reads_as_ever() -> None:
    done = subprocess.run([sys.executable, "-c", _USES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n")[:-1] == ["message 0 1", "edited 0 1", "pressed  0", "joined  0", "/nhan 1"]

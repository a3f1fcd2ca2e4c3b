"""The page docs/channels.md: what each network and gateway can carry, how it proves itself, and what it costs.

`python -m bot.channel_table` writes it anew, from the channels themselves.
"""

from collections.abc import Sequence
from pathlib import Path

from bot import channel_examples
from channels import registry
from channels.contract import About, AttachmentKind, Capabilities

PAGE = Path(__file__).resolve().parent.parent / "docs" / "channels.md"

_HEAD = """\
<!-- Trang này do `python -m bot.channel_table` viết ra từ mã nguồn; đừng sửa tay. Generated: do not edit by hand. -->

# Các kênh · Channels

Mỗi dòng là một `kind` trong tệp của phường; với tin nhắn SMS là `gateway` sau dấu `/`. Cách thêm một kênh:
[adding-a-channel.md](adding-a-channel.md). Each line is a `kind` in the office file; for SMS the `gateway` follows.

## Chở được gì · What they carry
"""
_CARRY = (
    "Kênh · Channel",
    "Chữ mỗi tin · Text",
    "Nút · Buttons",
    "Gửi tệp · Files",
    "Người dân viết · Receives",
    "Nhóm · Groups",
)
_TRUST = (
    "Kênh · Channel",
    "Lời gọi về · Callbacks",
    "Gửi lại · Second try",
    "Báo tin tới · Reports",
    "Chi phí · Costs",
)
_TAIL = """
## Tin nhắn SMS · Short messages

Chữ không dấu: 160 ký tự một phần, tin dài 153 mỗi phần; có dấu (`diacritics: true`): 70 và 67. Phần nào cũng tính
tiền, nên chương trình đếm số phần trước khi gửi và báo cho cán bộ. Without marks a part holds 160 characters (153 in a
chain), with them 70 (67); parts are counted before sending and the officer is told.

**Ngân sách tháng · Monthly budget.** Ghi giá một phần vào kênh (`part_price: 350`) và ngân sách vào tệp của phường:

```yaml
budget: {dong: 500000, sms_parts: 3000, warn_at: 80%}
```

Tới 80% người phụ trách được báo; hết thì thông báo hàng loạt dừng lại, còn lời trả lời người dân và tin cho cán bộ vẫn
đi. At the end bulk notices stop; answers to residents and messages to staff never do.

**Nhận bằng điện thoại, báo bằng brandname · Receive by phone, notify by brand name.** Brandname chỉ gửi được mẫu đã
đăng ký với nhà mạng. Thông báo nào khớp mẫu thì đi bằng brandname, còn lại đi bằng số điện thoại:

```yaml
channels:
  - name: sms
    kind: sms
    gateway: smsgate
    notices_by: brand
    api_url: "${…}"
    username: "${…}"
    password: "${…}"
    signing_key: "${…}"
  - name: brand
    kind: sms
    gateway: esms
    brandname: UBNDPHUONG
    templates: ["Yeu cau so {so} dang duoc {can_bo} xu ly."]
    api_key: "${…}"
    secret_key: "${…}"
    webhook_token: "${…}"
```

**Địa chỉ nhận tin · Where gateways call us.** `https://PUBLIC_URL/webhooks/OFFICE/CHANNEL`; cổng không ký lời gọi thì
thêm bí mật ở cuối (`…/CHANNEL/TOKEN`), và khi cổng tách báo cáo thì thêm `/status`. A gateway that signs nothing gets
an address that ends in the `webhook_token`.
"""
_WORDS = {
    AttachmentKind.PHOTO: "ảnh · photos",
    AttachmentKind.DOCUMENT: "tệp · documents",
    AttachmentKind.VOICE: "tiếng · voice",
    AttachmentKind.VIDEO: "video",
    AttachmentKind.STICKER: "sticker",
    AttachmentKind.LOCATION: "vị trí · places",
    AttachmentKind.CONTACT: "danh thiếp · contacts",
}


def page() -> str:
    """The whole page, from what every channel says of itself."""
    abouts = registry.abouts()
    carry = [_carries(name, about, _capabilities(about)) for name, about in abouts.items()]
    trust = [
        (_name(name, about), about.proof, about.again, about.reports, about.costs) for name, about in abouts.items()
    ]
    middle = "\n## Tin được không, tốn bao nhiêu · Trust and costs\n\n"
    tables = f"{_HEAD}\n{_table(_CARRY, carry)}{middle}{_table(_TRUST, trust)}"
    return f"{tables}{_TAIL}{channel_examples.page(abouts)}"


def _capabilities(about: About) -> Capabilities:
    """Of the channel that the example describes; it is made, asked, and never used."""
    settings = channel_examples.model_of(about).model_validate(dict(about.example))
    return registry.build(settings).capabilities


def _carries(name: str, about: About, can: Capabilities) -> tuple[str, ...]:
    text = f"{can.max_text:,}".replace(",", ".") + (" (không dấu)" if not can.diacritics else "")
    kinds = [_WORDS[kind] for kind in AttachmentKind if kind in can.files | can.file_urls]
    files = "mọi loại · all" if len(kinds) == len(AttachmentKind) else ", ".join(kinds) or "–"
    only = " (chỉ bằng liên kết · by address only)" if can.file_urls and not can.files else ""
    receives = "có · yes" if can.receives else "không: chỉ gửi mẫu · no: templates only"
    return (_name(name, about), text, _yes(can.buttons), files + only, receives, _yes(can.groups))


def _name(name: str, about: About) -> str:
    return f"`{name}`<br>{about.title}"


def _yes(value: bool) -> str:
    return "có · yes" if value else "–"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(one)} |\n" for one in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

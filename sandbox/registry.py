"""Which networks are emulated?"""

from collections.abc import Callable

from sandbox.network import Ground, Network
from sandbox.smsgate.network import SmsGate
from sandbox.telegram.network import Telegram
from sandbox.zalo_bot.network import ZaloBot

NETWORKS: dict[str, Callable[[Ground], Network]] = {
    Telegram.kind: Telegram,
    ZaloBot.kind: ZaloBot,
    SmsGate.kind: SmsGate,
}
# Names that have a meaning but no emulator yet.
NOT_YET = {"zalo_oa": "the Zalo Official Account is not emulated yet"}

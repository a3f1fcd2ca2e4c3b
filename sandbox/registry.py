"""Which networks are emulated?"""

from collections.abc import Callable

from sandbox.esms.network import Esms
from sandbox.jasmin.network import Jasmin
from sandbox.network import Ground, Network
from sandbox.smsgate.network import SmsGate
from sandbox.speedsms.network import SpeedSms
from sandbox.telegram.network import Telegram
from sandbox.twilio.network import Twilio
from sandbox.zalo_bot.network import ZaloBot
from sandbox.zalo_oa.network import ZaloOa

NETWORKS: dict[str, Callable[[Ground], Network]] = {
    Telegram.kind: Telegram,
    ZaloBot.kind: ZaloBot,
    ZaloOa.kind: ZaloOa,
    SmsGate.kind: SmsGate,
    Esms.kind: Esms,
    SpeedSms.kind: SpeedSms,
    Twilio.kind: Twilio,
    Jasmin.kind: Jasmin,
}

"""Which networks can be spoken to without any account? Telegram, Zalo Bot and SMSGate, emulated on loopback."""

from sandbox.server import Sandbox, start

__all__ = ["Sandbox", "start"]

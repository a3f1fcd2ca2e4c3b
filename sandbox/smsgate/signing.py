"""How are the phone's webhook bodies written and signed?"""

import hashlib
import hmac
import json
import time

from sandbox.conversation import Json

USER_AGENT = "me.capcom.smsgateway/1.68.0"
# The app's JSON writer (Gson) escapes these, so a body cannot be rebuilt by another writer.
ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&='\u2028\u2029"}


def write(body: Json) -> bytes:
    """The body as the app writes it: no blanks, UTF-8, absent values left out, HTML-like signs escaped."""
    kept = {key: value for key, value in body.items() if value is not None}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    # Java writes half of a surrogate pair as "?".
    return text.encode("utf-8", "replace")


def sign(key: str, body: bytes, timestamp: str) -> str:
    """Lowercase hex HMAC-SHA256 over the body followed by the timestamp."""
    return hmac.new(key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()


def headers(key: str, body: bytes) -> dict[str, str]:
    """The headers of one delivery, signed now."""
    timestamp = str(int(time.time()))
    return {"User-Agent": USER_AGENT, "X-Timestamp": timestamp, "X-Signature": sign(key, body, timestamp)}

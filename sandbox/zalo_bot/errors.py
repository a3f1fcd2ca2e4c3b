"""In which words does the Zalo Bot Platform refuse a call?"""

from sandbox.conversation import Json


class Refusal(Exception):
    """A refused call. Zalo prints its code inside the body, under HTTP status 200."""

    def __init__(self, code: int, description: str, *, camel: bool = False) -> None:
        """`camel`: the code stands under errorCode, as in testWebhook over its daily limit."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.camel = camel

    def body(self) -> Json:
        """The answer as printed."""
        return {"ok": False, "description": self.description, "errorCode" if self.camel else "error_code": self.code}


def bad(description: str) -> Refusal:
    """400."""
    return Refusal(400, f"Bad request: {description}")

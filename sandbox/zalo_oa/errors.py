"""In which words does the OpenAPI refuse a call?"""

from sandbox.conversation import Json

_TEXTS = {
    -32: "Request limit exceeded",
    -100: "Attachment expired or invalid",
    -200: "Sending failed",
    -201: "Params is invalid",
    -210: "Parameter exceeds the allowable limit",
    -213: "User has not followed official account",
    -216: "Access token is invalid",
    -220: "Access token is expired",
    -223: "Official Account has not granted permission to the app",
    -224: "Official Account needs to upgrade its package",
    -230: "User has not interacted with the OA in the past 7 days",
    -233: "Message type is not supported",
    -403: "Official Account is not in this group",
}


class Refusal(Exception):
    """A refused call of the OpenAPI: its code stands inside the body, under HTTP status 200."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text or _TEXTS.get(code, "Error")

    def body(self) -> Json:
        """The answer as printed."""
        return {"error": self.code, "message": self.text}


class NoToken(Exception):
    """A refusal of the token endpoint, under HTTP status 200 too and in a form of its own."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(code)
        self.code = code
        self.name = name

    def body(self) -> Json:
        """The answer as printed."""
        return {
            "error": self.code,
            "error_name": self.name,
            "error_reason": self.name,
            "error_description": self.name,
            "ref_doc": "https://developers.example/oauth",
        }

"""Which phone is meant by a number as people write it, and how many parts does a text cost?"""

import re

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "^{}[]~\\|€\f"


def normal(number: str) -> str:
    """One spelling per phone: +84… for Vietnamese numbers, short codes and names as they are."""
    bare = re.sub(r"[\s.()-]", "", number)
    if re.fullmatch(r"0084\d{9}", bare):
        return "+" + bare[2:]
    if re.fullmatch(r"84[35789]\d{8}", bare):
        return "+" + bare
    if re.fullmatch(r"0[35789]\d{8}", bare):
        return "+84" + bare[1:]
    return bare or number


def is_mobile(number: str) -> bool:
    """Whether the phone app would send there without skipPhoneValidation."""
    bare = normal(number)
    return bool(re.fullmatch(r"\+84[35789]\d{8}", bare) or re.fullmatch(r"\+(?!84)\d{8,15}", bare))


def parts(text: str) -> int:
    """Number of SMS a text is divided into: 160/153 in the GSM alphabet, else 70/67."""
    if all(c in GSM_BASIC or c in GSM_EXTENDED for c in text):
        length, one, each = sum(2 if c in GSM_EXTENDED else 1 for c in text), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)

"""Who a short message is from: a mobile that can be answered, or a machine that never must be."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

REGION = "VN"

# Mobile numbers of eleven digits became ten on 2018-09-15 and stopped working on 2018-11-15; old phone books still
# hold them. 01xx followed by seven digits → 0yy followed by the same seven.
_OLD_PREFIXES = {
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",  # Viettel
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",  # MobiFone
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",  # VinaPhone
    "186": "56", "188": "58",  # Vietnamobile
    "199": "59",  # Gmobile
}  # fmt: skip
_OLD = re.compile(r"(?:(?:\+|00)?84|0)0?(1\d\d)(\d{7})")
_SHORT = re.compile(r"\d{3,6}|(?:(?:\+|00)?84|0)?1[89]00\d{4,6}")
_VN_MOBILE = re.compile(r"[35789]\d{8}")
_SEPARATORS = re.compile(r"[\s.\-()/]")
_MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class NumberClass(StrEnum):
    MOBILE = "mobile"  # the only one that may be answered
    SHORT = "short"  # service numbers; answering can cost thousands of dong, and robots answer back
    ALPHA = "alpha"  # a brand name: cannot be answered at all
    OWN = "own"  # one of our own SIMs
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Number:
    """A sender or recipient: as given, and in E.164 when it is a telephone number."""

    raw: str
    e164: str
    kind: NumberClass

    @property
    def answerable(self) -> bool:
        return self.kind is NumberClass.MOBILE


def number(raw: str, own: frozenset[str] = frozenset()) -> Number:
    """What `raw` is, in whatever way it is written; a number without a country is Vietnamese. `own`: our own numbers
    in E.164.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text or any(char.isalpha() for char in text):
        return Number(raw, "", NumberClass.ALPHA if text else NumberClass.UNKNOWN)
    digits = _SEPARATORS.sub("", text)
    if _SHORT.fullmatch(digits):
        return Number(raw, "", NumberClass.SHORT)
    if old := _OLD.fullmatch(digits):
        prefix, rest = old.groups()
        if prefix in _OLD_PREFIXES:
            digits = f"+84{_OLD_PREFIXES[prefix]}{rest}"
    try:
        parsed = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        return Number(raw, "", NumberClass.UNKNOWN)
    if not phonenumbers.is_possible_number(parsed):
        return Number(raw, "", NumberClass.UNKNOWN)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if e164 in own:
        return Number(raw, e164, NumberClass.OWN)
    return Number(raw, e164, NumberClass.MOBILE if _is_mobile(parsed) else NumberClass.UNKNOWN)


def _is_mobile(parsed: PhoneNumber) -> bool:
    national = phonenumbers.national_significant_number(parsed)
    if parsed.country_code == phonenumbers.country_code_for_region(REGION):
        # By the numbering plan, not by `is_valid_number`: its tables lag behind newly opened blocks.
        return _VN_MOBILE.fullmatch(national) is not None
    return phonenumbers.number_type(parsed) in _MOBILE_TYPES

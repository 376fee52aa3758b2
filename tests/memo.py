"""What MeMo 1.2 demands of the elements that we write: their order, which must be there, and what they hold."""

import re
from xml.etree import ElementTree

NAMESPACE = "{https://DigitalPost.dk/MeMo-1}"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

#: In the order of the schema; those with a question mark may be missing, those with a star be there many times.
CHILDREN = {
    "Message": "MessageHeader MessageBody?",
    "MessageHeader": "messageType messageUUID messageID? label notification? Sender Recipient",
    "Sender": "senderID idType label",
    "Recipient": "recipientID idType",
    "MessageBody": "createdDateTime MainDocument AdditionalDocument*",
    "MainDocument": "File Action?",
    "AdditionalDocument": "File",
    "File": "encodingFormat filename language content",
    "Action": "label actionCode Reservation",
    "Reservation": (
        "description reservationUUID abstract location startDateTime endDateTime organizerMail organizerName"
    ),
}

HOLDS = {
    "messageType": "DIGITALPOST|NEMSMS",
    "messageUUID": UUID,
    "reservationUUID": UUID,
    "createdDateTime": MOMENT,
    "startDateTime": MOMENT,
    "endDateTime": MOMENT,
    "notification": r"(?s).{1,160}",
    "language": "da",
    "content": r"[A-Za-z0-9+/]+={0,2}",
}


def check(content: bytes | str) -> ElementTree.Element:
    """The message, once every demand of it has been seen to hold."""
    root = ElementTree.fromstring(content)
    assert (root.tag, root.attrib) == (f"{NAMESPACE}Message", {"memoVersion": "1.2"})
    is_sms = text_of(root, "messageType") == "NEMSMS"
    assert (root.find(f"{NAMESPACE}MessageBody") is None) == is_sms
    assert (root.find(f".//{NAMESPACE}notification") is not None) == is_sms
    for element in root.iter():
        name = element.tag.removeprefix(NAMESPACE)
        if name in CHILDREN:
            _check_children(name, [child.tag.removeprefix(NAMESPACE) for child in element])
        else:
            assert len(element) == 0, name
            assert re.fullmatch(HOLDS.get(name, "(?s).{1,256}"), element.text or ""), (name, element.text)
    return root


def text_of(root: ElementTree.Element, name: str) -> str:
    return root.findtext(f".//{NAMESPACE}{name}") or ""


def _check_children(name: str, found: list[str]) -> None:
    pattern = "".join(f"({one.rstrip('?*')} ){one[len(one.rstrip('?*')) :]}" for one in CHILDREN[name].split())
    assert re.fullmatch(pattern, "".join(f"{one} " for one in found)), (name, found)

from __future__ import annotations

import pytest

from app.products.contact_file import contact_bytes
from app.products.product import Contact, ProductInvalid


def test_a_contact_is_what_rfc_6350_says():
    contact = Contact(
        "Anna  Müller", "Tea; Ltd", "Taster", "+49 30 1\n\n0171 2", "a@x.org",
        "Weg 1\n10115 Berlin", "x.org", "Likes\ngreen, not black",
    )  # fmt: skip
    assert contact_bytes(contact).decode().split("\r\n") == [
        "BEGIN:VCARD", "VERSION:4.0", "FN:Anna Müller", "N:;Anna Müller;;;", "ORG:Tea\\; Ltd",
        "TITLE:Taster", "TEL:+49 30 1", "TEL:0171 2", "EMAIL:a@x.org",
        "ADR:;;Weg 1\\, 10115 Berlin;;;;", "URL:https://x.org", "NOTE:Likes\\ngreen\\, not black",
        "END:VCARD", "",
    ]  # fmt: skip


def test_no_field_can_add_another():
    hostile = "x\r\nTEL:1\nEND:VCARD"
    data = contact_bytes(Contact(hostile, hostile, hostile, hostile, hostile, hostile, hostile))
    lines = data.decode().replace("\r\n ", "").split("\r\n")
    assert lines.count("END:VCARD") == 1
    assert [line for line in lines if line.startswith("TEL:")] == ["TEL:x", "TEL:TEL:1",
                                                                    "TEL:END:VCARD"]  # fmt: skip


def test_a_contact_needs_a_name():
    with pytest.raises(ProductInvalid, match="no name"):
        contact_bytes(Contact(" "))

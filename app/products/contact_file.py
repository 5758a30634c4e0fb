"""A contact as a vCard (RFC 6350). Pure."""

from __future__ import annotations

from app.products.content_lines import content_lines, escaped, one_line
from app.products.product import Contact, ProductInvalid


def contact_bytes(contact: Contact) -> bytes:
    """The file. Raises ProductInvalid for a contact without a name."""
    if not contact.name.strip():
        raise ProductInvalid("The contact has no name.")
    name = escaped(" ".join(contact.name.split()))
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{name}", f"N:;{name};;;"]
    for label, value in (("ORG", contact.organisation), ("TITLE", contact.role)):
        if value.strip():
            lines.append(f"{label}:{escaped(value.strip())}")
    lines += [f"TEL:{escaped(phone)}" for phone in _each(contact.phones)]
    lines += [f"EMAIL:{escaped(email)}" for email in _each(contact.emails)]
    if address := ", ".join(_each(contact.address)):
        lines.append(f"ADR:;;{escaped(address)};;;;")
    if website := one_line(contact.website):
        lines.append(f"URL:{website if '://' in website else f'https://{website}'}")
    if contact.notes.strip():
        lines.append(f"NOTE:{escaped(contact.notes.strip())}")
    return content_lines([*lines, "END:VCARD"])


def _each(text: str) -> list[str]:
    return [stripped for line in text.splitlines() if (stripped := line.strip())]

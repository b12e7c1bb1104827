"""The log-ins of the demo: one for each duty, one who has two, and one of another department."""

from dataclasses import dataclass
from datetime import date

from saiban.core.foundation import OWNER_AGENCY
from saiban.core.models import Actor, Agency, Area, Duty, Role

PASSWORD = "canopy-demo-2026"  # noqa: S105 (demo settings only; printed)


@dataclass(frozen=True)
class Character:
    """Someone who works in the demo: a name in two scripts, duties (role, area), and the agency."""

    username: str
    name_en: str
    name_ur: str
    duties: tuple[tuple[str, str], ...]
    agency: str = OWNER_AGENCY


CAST = (
    Character("ayesha", "Ayesha Malik", "عائشہ ملک", ((Role.DATA_MANAGER, "PK6"),)),
    Character("bilal", "Bilal Khan", "بلال خان", ((Role.ADMINISTRATOR, "PK6"),)),
    Character("fatima", "Fatima Noor", "فاطمہ نور", ((Role.ANALYST, "PK6"),)),
    Character("imran", "Imran Mazari", "عمران مزاری", ((Role.CLERK, "Rajanpur"),)),
    Character(
        "nadia", "Nadia Leghari", "نادیہ لغاری", ((Role.DISTRICT_OFFICER, "Rajanpur"), (Role.CLERK, "Layyah"))
    ),
    Character("usman", "Usman Tariq", "عثمان طارق", ((Role.AUDITOR, "PK6"),)),
    Character("sana", "Sana Iqbal", "ثناء اقبال", ((Role.PROGRAMME_MANAGER, "PK6"),)),
    Character("tariq", "Tariq Mehmood", "طارق محمود", ((Role.APPROVER, "PK6"),)),
    Character("zahid", "Zahid Hussain", "زاہد حسین", ((Role.PROGRAMME_MANAGER, "PK6"),), agency="zakat"),
)


def appoint_cast() -> None:
    """Make the log-ins with their duties; they are the demo's, so no service is asked."""
    for character in CAST:
        actor = Actor.objects.create_user(
            character.username, password=PASSWORD, name_en=character.name_en, name_ur=character.name_ur
        )
        for role, place in character.duties:
            area = Area.objects.filter(code=place).first() or Area.objects.get(
                level="district", name_en=place
            )
            Duty.objects.create(
                actor=actor,
                role=role,
                area=area,
                agency=Agency.objects.get(code=character.agency),
                purpose="demonstration",
                starts_on=date(2026, 1, 1),
            )

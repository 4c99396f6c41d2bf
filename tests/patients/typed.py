"""What a coordinator types about a patient, and what nobody should have to."""

from typing import Any

from hospice.places.models import Place

SECRET = "pancreatic tumour"
AWFUL = {
    "long": "x" * 5_000,
    "a million": "y" * 1_000_000,
    "emoji": "🌿🕊️" * 3_000,
    "html": "<script>alert(1)</script>",
    "nul": "\x00",
    "sign": "-",
    "number": "9" * 40,
    "list": "a,b;c、d" * 40,
}


def what_is_typed(place: Place, **changes: Any) -> dict[str, Any]:
    return {
        "preferred_name": "Mrs Wang",
        "legal_name": "王秀英",
        "spoken_of": "her",
        "birth_year": "1941",
        "place_id": str(place.id),
        "bed": "3",
        "address": "",
        "languages": ["shanghainese", "mandarin"],
        "other_languages": "Wenzhounese",
        "hearing_and_sight": "Right ear.",
        "likes": "Yue opera.",
        "may_do": "Read to her.",
        "massage": "yes",
        "massage_areas": ["hands", "feet"],
        "avoid": "Food and drink.",
        "condition": SECRET,
        "diagnosis": "family_asked_not",
        **changes,
    }

"""Help for who cannot reach the supplier: diagnosis and FAQ from the program itself (AUTH-3, SUP-5)."""

from __future__ import annotations

from askul_connect.core.messages.guidance import DiagnoseRequest, DiagnoseResponse, SearchFaqResponse
from askul_connect.core.services.supplier.guidance import diagnosis, found_answers


def login_diagnosis(code: str, symptom: str, *, disturbance_nearby: bool) -> DiagnoseResponse:
    """Causes and remedies for an error code or a symptom.

    Raises:
        ValueInvalid: Neither is known; the text lists what is.
    """
    request = DiagnoseRequest(code=code, symptom=symptom)
    return diagnosis(request, disturbance_nearby=disturbance_nearby)


def faq_search(words: str) -> SearchFaqResponse:
    """The frequent questions that hold most of the words."""
    return found_answers(words)

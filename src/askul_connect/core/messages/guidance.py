"""Requests and responses of guidance: diagnosis, FAQ, ways to support (AUTH-3, SUP-1, SUP-5)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen


@frozen(kw_only=True)
class DiagnoseRequest:
    """What was shown, or what is seen: an error code or a symptom.

    Attributes:
        code: ``w:001``, ``w:004``, or another code or reason that a refusal carried.
        symptom: ``blank-page``, ``access-refused``, ``odd-behaviour``, ``history-not-shown`` ...; the answer lists all.
    """

    code: str = ""
    symptom: str = ""


@frozen(kw_only=True)
class DiagnosedCause:
    """One cause that fits.

    Attributes:
        cause: Its name, the same in every language.
        steps_ja, steps_en: What to do, in this order.
        channel: Where to turn when that does not help; a channel of ``ListSupportChannels``.
        faq: Ids of frequent questions about it.
    """

    cause: str
    title_ja: str
    title_en: str
    symptoms: tuple[str, ...]
    steps_ja: tuple[str, ...]
    steps_en: tuple[str, ...]
    channel: str
    faq: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class DiagnoseResponse:
    """The causes, the likeliest first.

    Attributes:
        disturbance_nearby: A disturbance is reported at about this time: look at the service status first.
        symptoms: Every symptom that can be asked for.
    """

    causes: tuple[DiagnosedCause, ...]
    disturbance_nearby: bool
    symptoms: tuple[str, ...]


@frozen(kw_only=True)
class SearchFaqRequest:
    """Words to look for; none lists everything. At most 20 answers."""

    words: str = ""


@frozen(kw_only=True)
class FaqAnswer:
    """One frequent question."""

    faq: str
    question_ja: str
    question_en: str
    answer_ja: str
    answer_en: str
    causes: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class SearchFaqResponse:
    """What fits best, first."""

    answers: tuple[FaqAnswer, ...]


@frozen(kw_only=True)
class ListSupportChannelsRequest:
    """Asks who can be reached."""


@frozen(kw_only=True)
class SupportChannel:
    """One way to support.

    Attributes:
        channel: ``phone``, ``form``, ``email``, ``chat`` or ``corporate_chat``.
        open_now: Whether somebody can be reached on it now.
        opens_at: When it opens next; None for one that is open now.
        urgent: Whether it is meant for what cannot wait.
    """

    channel: str
    title_ja: str
    title_en: str
    hours_ja: str
    hours_en: str
    open_now: bool
    urgent: bool
    opens_at: datetime | None = None


@frozen(kw_only=True)
class ListSupportChannelsResponse:
    """Those that are open first."""

    channels: tuple[SupportChannel, ...]

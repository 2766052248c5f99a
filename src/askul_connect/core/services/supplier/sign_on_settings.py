"""Which authentication providers an account lets its people sign on by (AUTH-16)."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.sign_on import SignOnSetting
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.sign_on import (
    ListSignOnProvidersRequest,
    ListSignOnProvidersResponse,
    SetSignOnProvidersRequest,
    SetSignOnProvidersResponse,
    SignOnProvider,
)
from askul_connect.core.ports.authentication import NamedProvider, PresentedForm
from askul_connect.core.services.supplier.context import Context, House
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.records import audit


def sign_on_providers(house: House) -> Sequence[NamedProvider]:
    """The providers that take assertions."""
    return [one for one in house.providers if PresentedForm.ASSERTION in one.forms]


def allowed_providers(context: Context, account_id: str) -> frozenset[str]:
    """Names of the providers that an account allows; none unless its administrator has said so."""
    setting = context.unit.sign_on.get(account_id)
    return frozenset(setting.providers) if setting else frozenset()


def list_sign_on_providers(
    context: Context, _request: ListSignOnProvidersRequest
) -> ListSignOnProvidersResponse:
    """The supplier's providers, and those that the caller's account allows."""
    allowed = allowed_providers(context, context.caller.account_id)
    return ListSignOnProvidersResponse(
        providers=tuple(
            SignOnProvider(name=one.name, allowed=one.name in allowed)
            for one in sign_on_providers(context.house)
        )
    )


def set_sign_on_providers(context: Context, request: SetSignOnProvidersRequest) -> SetSignOnProvidersResponse:
    """Allow exactly these providers, from the next login on.

    Raises:
        ValueInvalid: A name is none of the supplier's providers; all findings at once.
    """
    known = [one.name for one in sign_on_providers(context.house)]
    accepted = ", ".join(known) or "none"
    problems = [
        finding(ValueInvalid, f"there is no provider {name!r}; accepted: {accepted}", where="providers")
        for name in request.providers
        if name not in known
    ]
    if problems:
        raise ValueInvalid("these providers cannot be allowed", problems=tuple(problems))
    account_id = context.caller.account_id
    wanted = tuple(sorted(set(request.providers)))
    before = allowed_providers(context, account_id)
    if frozenset(wanted) != before:
        context.unit.sign_on.put(
            SignOnSetting(account_id=account_id, providers=wanted, changed_at=context.now)
        )
        detail = {"providers": list(wanted), "before": sorted(before)}
        audit(context, "sign-on-providers-set", account_id, detail=detail)
    return SetSignOnProvidersResponse(providers=wanted)

"""The assessment of a login before anybody is let in, and what it leads to (AUTH-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import User
from askul_connect.core.domain.devices import LoginEnvironment
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.policies.lockout import network_of
from askul_connect.core.policies.login_risk import strictest
from askul_connect.core.services.supplier.context import Context, House
from askul_connect.core.services.supplier.notices import notify_person

#: How exactly the last use of an environment is known; it only decides which one is forgotten first.
_NOTE_AGAIN_AFTER = timedelta(hours=1)


def past_of(context: Context, user_id: str) -> Sequence[LoginEnvironment]:
    """From where somebody has logged in before, the latest first."""
    return context.unit.environments.of_user(user_id)


def facts_of(
    context: Context,
    whose: tuple[str, str],
    device: str,
    known: Sequence[LoginEnvironment],
    *,
    remembered: bool = False,
    failures: int = 0,
) -> LoginFacts:
    """What is known of a login and of the person's past.

    Args:
        context: The call.
        whose: Ids of home account and person; the supplier's own people have no account.
        device: What the caller says of itself.
        known: The person's environments.
        remembered: Whether a remembered device was shown.
        failures: How many attempts before this one failed.
    """
    account_id, user_id = whose
    return LoginFacts(
        account_id=account_id,
        user_id=user_id,
        at=context.now,
        address=context.call.address,
        network=network_of(context.call.address),
        device=device,
        remembered=remembered,
        known_networks=tuple(dict.fromkeys(one.network for one in known)),
        known_devices=tuple(dict.fromkeys(one.device for one in known)),
        failures=failures,
    )


def is_immediate(house: House) -> bool:
    """Whether all assessors only calculate, so that they may be asked while a transaction is open."""
    return all(one.immediate for one in house.risk)


def assess(house: House, facts: LoginFacts) -> RiskAssessment:
    """Ask every assessor, outside every transaction unless all are immediate; the strictest counts.

    One that fails refuses the login when it says of itself that it fails closed, and is passed over otherwise.
    """
    found = []
    for named in house.risk:
        try:
            found.append(named.assessor.assess(facts))
        except AskulConnectError:
            # whoever holds it to its port has logged what happened
            verdict = RiskVerdict.REFUSE if named.fails_closed else RiskVerdict.ALLOW
            found.append(RiskAssessment(verdict=verdict, reasons=(f"not-assessed-{named.name}",)))
    return strictest(found)


def refuses(risk: RiskAssessment) -> bool:
    """Whether nobody is let in, whatever was proved."""
    return risk.verdict in (RiskVerdict.REFUSE, RiskVerdict.LOCK)


def tell_of_risk(
    context: Context, user: User, facts: LoginFacts, risk: RiskAssessment, reference: str
) -> None:
    """Tell the person what stood out."""
    if risk.verdict is RiskVerdict.ALLOW:
        return
    key = f"{user.user_id}:{reference}"
    notify_person(context, "login-unusual", key, user.email, said_of(facts, risk, reference))


def said_of(facts: LoginFacts, risk: RiskAssessment, reference: str) -> dict[str, str]:
    """What a notice says of an unusual login."""
    return {
        "address": facts.address,
        "device": facts.device,
        "reasons": ", ".join(risk.reasons),
        "reference": reference,
        "let_in": "no" if refuses(risk) else "yes",
    }


def learn(context: Context, facts: LoginFacts, known: Sequence[LoginEnvironment]) -> None:
    """Keep the environment of a login that was let in; the least recently used ones beyond the figure go.

    Args:
        context: The call.
        facts: Of the login.
        known: The person's environments as this unit of work sees them.
    """
    same = next((one for one in known if (one.network, one.device) == (facts.network, facts.device)), None)
    if same is not None and context.now - same.last_at < _NOTE_AGAIN_AFTER:
        return
    environment = LoginEnvironment(
        user_id=facts.user_id,
        network=facts.network,
        device=facts.device,
        first_at=context.now,
        last_at=context.now,
    )
    context.unit.environments.put(evolve(same, last_at=context.now) if same else environment)
    if same is None:
        for old in known[context.house.sessions.environments - 1 :]:
            context.unit.environments.remove(old)

"""What people have that a call uses up: sessions, factors, devices, tickets; made for a call, put back after it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
from attrs import evolve
from tenancy_callers import Caller, canary

from askul_connect.core.domain.accounts import Role, Session, SessionStage
from askul_connect.core.domain.factors import Factor, FactorKind, FactorState
from askul_connect.core.domain.login_attempts import AttemptCounter
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.messages import factors as messages
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.staff import AddStaffRequest, StaffLoginRequest
from askul_connect.core.messages.tickets import OpenTicketRequest
from askul_connect.core.operations import factors, supplier, support
from askul_connect.core.services.supplier.factors import removed
from askul_connect.core.services.supplier.login_proof import user_subject
from software_authenticator import SoftwareAuthenticator

#: Everybody's; shown again where something needs a fresh proof.
PASSWORD = "Kaede-7-kaze"
_PROOF = Secret(PASSWORD)
STAFF_PASSWORD = "Tsubaki-3-ame"
#: A secret of an authenticator, base32; a code of it is good once for each factor that has it.
SEED = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


class Belongings:
    """What the people of an estate have."""

    def __init__(self, estate: Any) -> None:
        self._estate = estate
        self._kept: dict[str, Session] = {}
        self._passkeys: dict[str, tuple[str, Any]] = {}

    # --- sessions

    def keep(self, token: Secret | None) -> None:
        """Remember a session, to be put back however a call ends or changes it."""
        session = self.session_of(token)
        if session is None:
            return
        self._kept[session.token_hash] = session
        for name, account_id in self._estate.account_ids.items():
            if account_id == session.account_id:
                self._estate.numbers[name].add(session.session_id)

    def session_of(self, token: Secret | None) -> Session | None:
        """The session of a token as it is stored; None for a machine and for nobody."""
        if token is None:
            return None
        with self._estate.storage.begin() as unit:
            found: Session | None = unit.sessions.get(token.fingerprint())
        return found

    def restore(self) -> None:
        """Sessions that were kept can be used as before, and their owners have no factors."""
        with self._estate.storage.begin() as unit:
            for kept in self._kept.values():
                if unit.sessions.get(kept.token_hash) != kept:
                    unit.sessions.save(kept)
                proof = unit.proofs.get(kept.token_hash)
                if proof is not None and (proof.failures or proof.factor_at):
                    unit.proofs.put(evolve(proof, failures=0, factor_at=None))
                for one in unit.factors.of_user(kept.home_account_id, kept.user_id):
                    if one.state is not FactorState.REMOVED:
                        unit.factors.save(removed(one))

    def beside(self, token: Secret | None) -> str:
        """The id of a further session of whom a token belongs to; an id of nothing without one."""
        session, number = self.session_of(token), self._estate.fresh()
        if session is None:
            return "absent"
        other = evolve(
            session,
            token_hash=self._estate.ids.token("session").fingerprint(),
            session_id=f"beside-{number}",
            stage=SessionStage.FULL,
        )
        with self._estate.storage.begin() as unit:
            unit.sessions.add(other)
        return other.session_id

    def device_token(self, account: str, who: str) -> Secret:
        """What a device that is remembered logs in with."""
        if (account, who) not in self._estate.people:
            self._estate.session(account, who, Role.VIEWER)
        request = LoginRequest(login_id=f"{who}@{canary(account)}.example", password=_PROOF, remember=True)
        token: Secret = self._estate.call(supplier.LOGIN, request).device_token
        return token

    def reset_token(self, account: str, who: str) -> Secret:
        """What a mail with a link to set a new password would carry."""
        token = self._estate.ids.token("password-reset")
        with self._estate.storage.begin() as unit:
            unit.one_time_tokens.add(
                OneTimeToken(
                    token_hash=token.fingerprint(),
                    purpose=TokenPurpose.PASSWORD_RESET,
                    account_id=self._estate.account_ids[account],
                    user_id=self._estate.people[account, who],
                    created_at=self._estate.clock.now(),
                    expires_at=self._estate.clock.now() + timedelta(minutes=30),
                )
            )
        return token

    def failed(self, account: str, who: str, times: int) -> None:
        """Somebody typed a wrong password so many times."""
        with self._estate.storage.begin() as unit:
            user = unit.users.get(self._estate.account_ids[account], self._estate.people[account, who])
            counter = AttemptCounter(
                subject=user_subject(user), failures=times, last_at=self._estate.clock.now()
            )
            unit.attempts.put(counter)

    # --- factors

    def totp(self, token: Secret | None, state: FactorState, label: str = "x") -> str:
        """The id of a new authenticator of whom a token belongs to, with ``SEED``; its codes were not used yet."""
        session = self.session_of(token)
        if session is None or not session.home_account_id:
            return "absent"
        self.restore()
        return self._totp(session.home_account_id, session.user_id, state, label)

    def totp_of(self, account: str, who: str) -> str:
        """The id of a new authenticator of a person."""
        account_id, user_id = self._estate.account_ids[account], self._estate.people[account, who]
        return self._totp(account_id, user_id, FactorState.ACTIVE, "x")

    def _totp(self, account_id: str, user_id: str, state: FactorState, label: str) -> str:
        now = self._estate.clock.now()
        factor = Factor(
            factor_id=f"factor-{self._estate.fresh()}",
            home_account_id=account_id,
            user_id=user_id,
            kind=FactorKind.TOTP,
            state=state,
            label=label,
            created_at=now,
            confirmed_at=None if state is FactorState.PENDING else now,
            seed=self._estate.house.cipher.encrypt(SEED),
        )
        with self._estate.storage.begin() as unit:
            unit.factors.add(factor)
        return factor.factor_id

    def factors_of(self, account_id: str, user_id: str) -> dict[str, Factor]:
        """All factors of a person, by their ids."""
        with self._estate.storage.begin() as unit:
            return {one.factor_id: one for one in unit.factors.of_user(account_id, user_id)}

    def code(self) -> Secret:
        """The present code of ``SEED``."""
        return Secret(pyotp.TOTP(SEED.reveal()).at(self._estate.clock.now()))

    def begun_passkey(self, token: Secret | None) -> tuple[str, str]:
        """A passkey that was begun, and what the browser made; nothing for who cannot begin."""
        session = self.session_of(token)
        if session is None or not session.home_account_id:
            return "absent", "{}"
        return self._begun(token, SoftwareAuthenticator())

    def _begun(self, token: Secret | None, authenticator: Any) -> tuple[str, str]:
        request = messages.EnrolPasskeyRequest(label="x", current_password=_PROOF)
        begun = self._estate.call(factors.ENROL_PASSKEY, request, token)
        return begun.factor_id, authenticator.create(begun.options)

    def passkey(self, token: Secret | None) -> Any:
        """What holds a new passkey of whom a token belongs to."""
        authenticator = SoftwareAuthenticator()
        factor_id, made = self._begun(token, authenticator)
        request = messages.ConfirmPasskeyRequest(
            factor_id=factor_id, credential=made, end_other_sessions=False
        )
        self._estate.call(factors.CONFIRM_PASSKEY, request, token)
        return authenticator

    def passkey_answer(self, account: str) -> str:
        """The answer of a person's passkey to a new challenge for a login."""
        if account not in self._passkeys:
            token = self._estate.session(account, "keyholder", Role.VIEWER)
            self._passkeys[account] = (f"keyholder@{canary(account)}.example", self.passkey(token))
        login_id, authenticator = self._passkeys[account]
        request = messages.StartPasskeyLoginRequest(login_id=login_id)
        started = self._estate.call(factors.START_PASSKEY_LOGIN, request)
        answer: str = authenticator.get(started.options)
        return answer

    # --- staff and tickets

    def new_staff(self, name: str) -> tuple[str, StaffLoginRequest]:
        """A new staff member's id, and the first login."""
        login_name = f"desk{self._estate.fresh()}"
        added = self._estate.as_staff(support.ADD_STAFF, AddStaffRequest(login_name=login_name, name=name))
        seed = added.enrolment_uri.reveal().partition("secret=")[2].partition("&")[0]
        return added.staff_id, StaffLoginRequest(
            login_name=login_name,
            password=added.temporary_password,
            code=Secret(pyotp.TOTP(seed).at(self._estate.clock.now())),
            new_password=Secret(STAFF_PASSWORD),
        )

    def staff_session(self, name: str) -> tuple[str, Secret]:
        """A new staff member's id and session."""
        staff_id, request = self.new_staff(name)
        return staff_id, self._estate.call(support.STAFF_LOGIN, request).session_token

    def ticket_request(self, account: str) -> OpenTicketRequest:
        """A request to the support desk, of a contact that did not ask before."""
        return OpenTicketRequest(
            message=f"{canary(account)} 届きません",
            company=f"株式会社{canary(account)}",
            contact_name=f"{canary(account)} 山田",
            contact_email=f"ask{self._estate.fresh()}@{canary(account)}.example",
            contact_phone="03-0000-0000",
        )

    def ticket(self, account: str, token: Secret | None = None) -> tuple[str, Secret]:
        """A new ticket's number and its secret."""
        opened = self._estate.call(support.OPEN_TICKET, self.ticket_request(account), token)
        self._estate.numbers[account].add(opened.ticket)
        return opened.ticket, opened.secret

    def own_ticket(self, caller: Caller, account: str) -> tuple[str, Secret | None]:
        """A ticket that a caller may see: as its own by login, else by its secret."""
        session = self.session_of(caller.token) if caller.alive else None
        if caller.staff or (session is not None and not session.home_account_id):
            return self.ticket(account)[0], None
        if session is not None and caller.stage is SessionStage.FULL:
            return self.ticket(account, caller.token)[0], None
        return self.ticket(account)

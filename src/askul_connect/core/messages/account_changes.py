"""Requests and responses of changing registered data (ACC-7, ACC-10)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen


@frozen(kw_only=True)
class AccountChange:
    """New registered data; a field that is not given stays as it is, an empty one is emptied.

    Attributes:
        version: Version of the data the change is based on.
    """

    version: int
    name: str | None = None
    name_kana: str | None = None
    postcode: str | None = None
    address: str | None = None
    representative: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    corporate_number: str | None = None
    invoice_registration_number: str | None = None


@frozen(kw_only=True)
class PreviewAccountChangeRequest(AccountChange):
    """What a change would do; nothing is done."""


@frozen(kw_only=True)
class FieldDifference:
    """One field of a change."""

    field: str
    before: str
    after: str


@frozen(kw_only=True)
class ChangeFinding:
    """Why a change would be refused."""

    code: str
    where: str
    detail: str


@frozen(kw_only=True)
class PlannedNotice:
    """A notice that will go out."""

    kind: str
    to: str


@frozen(kw_only=True)
class PreviewAccountChangeResponse:
    """What a change would do.

    Attributes:
        version: The present version.
        findings: Why it would be refused; empty when it would not.
        warnings: What the supplier's people will look at.
        application_number_needed: Whether the change is refused without it.
        documents_needed: Codes of the documents that prove it.
        open_orders: Numbers of orders that are under way.
        deliveries: Numbers of those that were promised, and go to the departments' addresses.
        invoices: Numbers of invoices that are not paid; they keep the data they were issued with.
        unbilled_lines: Shipped lines that will be invoiced with the new data.
        factors: What in force proves a login: ``password`` and what the account demands besides.
    """

    version: int
    differences: tuple[FieldDifference, ...]
    findings: tuple[ChangeFinding, ...]
    warnings: tuple[str, ...]
    application_number_needed: bool
    documents_needed: tuple[str, ...]
    open_orders: tuple[str, ...]
    deliveries: tuple[str, ...]
    invoices: tuple[str, ...]
    unbilled_lines: int
    notices: tuple[PlannedNotice, ...]
    factors: tuple[str, ...]


@frozen(kw_only=True)
class ChangeAccountRequest(AccountChange):
    """Change registered data, at once.

    Attributes:
        application_number: Needed where sensitive data change and the account was registered with one.
        documents: Codes of the documents that were handed in for it.
    """

    application_number: str = ""
    documents: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class ChangeAccountResponse:
    """The data as they are now."""

    version: int
    differences: tuple[FieldDifference, ...]
    warnings: tuple[str, ...]
    notices: tuple[PlannedNotice, ...]


@frozen(kw_only=True)
class ListAccountSnapshotsRequest:
    """The registered data as they were before each change."""


@frozen(kw_only=True)
class SnapshotEntry:
    """One snapshot.

    Attributes:
        version: The version the data had.
        at: When they were replaced.
        actor: Id of who replaced them.
        body: The data as JSON text; empty once they are erased.
    """

    version: int
    at: datetime
    actor: str
    body: str


@frozen(kw_only=True)
class ListAccountSnapshotsResponse:
    """The snapshots, oldest first."""

    snapshots: tuple[SnapshotEntry, ...]


@frozen(kw_only=True)
class RestoreAccountSnapshotRequest:
    """Put registered data back as they were; that is a change like any other.

    Attributes:
        snapshot: Version of the snapshot.
        version: Version of the present data.
    """

    snapshot: int
    version: int
    application_number: str = ""
    documents: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class RestoreAccountSnapshotResponse:
    """The data as they are now."""

    version: int
    differences: tuple[FieldDifference, ...]
    warnings: tuple[str, ...]
    notices: tuple[PlannedNotice, ...]

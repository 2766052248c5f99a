"""Coupons and recommended items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from attrs import evolve

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.bodies import body_schema, read_body, write_body
from askul_connect.adapters.storage.sql.statements import Prepared, insert, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.coupons import (
    Coupon,
    CouponClaim,
    CouponUse,
    RecommendedItems,
    RecommendedRegistration,
)

_COUPONS = tables.coupons.c
_COUPON_INSERT = insert(tables.coupons)
_BODY = sa.select(_COUPONS.account_id, _COUPONS.schema, _COUPONS.body)
_COUPON = Prepared(_BODY.where(_COUPONS.code == sa.bindparam("code")))
_OFFERED = Prepared(
    _BODY.where(
        sa.or_(
            _COUPONS.account_id == sa.literal_column("''"), _COUPONS.account_id == sa.bindparam("account_id")
        )
    ).order_by(_COUPONS.code)
)
_CLAIMS = tables.coupon_claims.c
_CLAIM_INSERT = insert(tables.coupon_claims)
_CLAIMS_OF = Prepared(
    sa.select(tables.coupon_claims)
    .where(_CLAIMS.account_id == sa.bindparam("account_id"))
    .order_by(_CLAIMS.code)
)
_USES = tables.coupon_uses.c
_USE_INSERT = insert(tables.coupon_uses)
_USES_OF = Prepared(
    sa.select(_USES.code)
    .where(_USES.account_id == sa.bindparam("account_id"), _USES.returned_at.is_(None))
    .with_for_update()
)
_OF_CHECKOUT = Prepared(
    sa.select(_USES.code)
    .where(
        _USES.account_id == sa.bindparam("account_id"),
        _USES.checkout_id == sa.bindparam("checkout_id"),
        _USES.returned_at.is_(None),
    )
    .order_by(_USES.code)
    .with_for_update()
)
_GIVE_BACK = Prepared(
    sa.update(tables.coupon_uses).where(
        _USES.account_id == sa.bindparam("own"),
        _USES.checkout_id == sa.bindparam("checkout"),
        _USES.returned_at.is_(None),
    ),
    columns=["returned_at"],
)


def _coupon(account_id: str, schema: int, body: str) -> Coupon:
    # the account may have been taken over since
    return evolve(read_body(Coupon, schema, body), account_id=account_id)


class SqlCoupons:
    """Coupons, who has claimed them and what they were used for."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, coupon: Coupon) -> None:
        """Store a new one; StorageConflict when its code exists."""
        row = (coupon.code, coupon.account_id, body_schema(Coupon), write_body(coupon))
        self._transaction.run(_COUPON_INSERT, row)

    def get(self, code: str) -> Coupon | None:
        """By code, whoever may use it."""
        row = self._transaction.row(_COUPON, {"code": code})
        return _coupon(*row) if row else None

    def offered_to(self, account_id: str) -> Sequence[Coupon]:
        """Those for everybody and those for the account, by code."""
        rows = self._transaction.rows(_OFFERED, {"account_id": account_id})
        return [_coupon(*row) for row in rows]

    def claim(self, claim: CouponClaim) -> None:
        """Store; StorageConflict when the account has claimed it."""
        self._transaction.run(_CLAIM_INSERT, tables.COUPON_CLAIM_ROWS.row(claim))

    def claims(self, account_id: str) -> Sequence[CouponClaim]:
        """Those of an account, by code."""
        rows = self._transaction.rows(_CLAIMS_OF, {"account_id": account_id})
        return [tables.COUPON_CLAIM_ROWS.entity(row) for row in rows]

    def use(self, use: CouponUse) -> None:
        """Store; StorageConflict when the checkout has used it."""
        self._transaction.run(_USE_INSERT, tables.COUPON_USE_ROWS.row(use))

    def give_back(self, account_id: str, checkout_id: str, at: datetime) -> Sequence[str]:
        """Let the uses of a checkout count no more; the codes that were given back, none when repeated."""
        codes = self.used_for(account_id, checkout_id)
        if codes:
            self._transaction.run(_GIVE_BACK, (write_instant(at), account_id, checkout_id))
        return codes

    def used_for(self, account_id: str, checkout_id: str) -> Sequence[str]:
        """The codes that count for a checkout, in order; held until the unit ends."""
        asked = {"account_id": account_id, "checkout_id": checkout_id}
        return [row[0] for row in self._transaction.rows(_OF_CHECKOUT, asked)]

    def uses(self, account_id: str) -> Mapping[str, int]:
        """How often an account has used each coupon, without what was given back; held until the unit ends."""
        counts: dict[str, int] = {}
        for row in self._transaction.rows(_USES_OF, {"account_id": account_id}):
            counts[row[0]] = counts.get(row[0], 0) + 1
        return counts


_ITEMS = tables.recommended_items.c
_ITEMS_PUT = upsert(tables.recommended_items)
_ALL = Prepared(sa.select(_ITEMS.schema, _ITEMS.body).order_by(_ITEMS.discount_id))
_REGISTRATIONS = tables.recommended_registrations.c
_REGISTER = upsert(tables.recommended_registrations)
_UNREGISTER = Prepared(
    sa.delete(tables.recommended_registrations).where(
        _REGISTRATIONS.account_id == sa.bindparam("account_id"),
        _REGISTRATIONS.discount_id == sa.bindparam("discount_id"),
    )
)
_REGISTERED = Prepared(
    sa.select(tables.recommended_registrations)
    .where(_REGISTRATIONS.account_id == sa.bindparam("account_id"))
    .order_by(_REGISTRATIONS.discount_id)
)


class SqlRecommendedItems:
    """Recommended items, and which account has registered them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, items: RecommendedItems) -> None:
        """Store or replace, by the discount's id."""
        row = (items.discount.discount_id, body_schema(RecommendedItems), write_body(items))
        self._transaction.run(_ITEMS_PUT, row)

    def all(self) -> Sequence[RecommendedItems]:
        """Every one, withdrawn ones too, by id."""
        return [read_body(RecommendedItems, *row) for row in self._transaction.rows(_ALL)]

    def register(self, registration: RecommendedRegistration) -> None:
        """Store or replace an account's registration."""
        self._transaction.run(_REGISTER, tables.RECOMMENDED_REGISTRATION_ROWS.row(registration))

    def unregister(self, account_id: str, discount_id: str) -> None:
        """Forget one, if there is one."""
        self._transaction.run(_UNREGISTER, [account_id, discount_id])

    def registered(self, account_id: str) -> Sequence[RecommendedRegistration]:
        """Those of an account, by the discount's id."""
        rows = self._transaction.rows(_REGISTERED, {"account_id": account_id})
        return [tables.RECOMMENDED_REGISTRATION_ROWS.entity(row) for row in rows]

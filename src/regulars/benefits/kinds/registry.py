"""Every kind of benefit, by its id."""

from regulars.benefits.kinds.access import ACCESS
from regulars.benefits.kinds.base import Kind
from regulars.benefits.kinds.cashback import CASHBACK
from regulars.benefits.kinds.coupon_pack import COUPON_PACK
from regulars.benefits.kinds.credit import CREDIT
from regulars.benefits.kinds.discount import DISCOUNT
from regulars.benefits.kinds.free_shipping import FREE_SHIPPING
from regulars.benefits.kinds.function import FUNCTION
from regulars.benefits.kinds.gift import GIFT
from regulars.benefits.kinds.member_price import MEMBER_PRICE
from regulars.benefits.kinds.multiplier import MULTIPLIER
from regulars.benefits.kinds.partner_gift import PARTNER_GIFT
from regulars.benefits.kinds.service import SERVICE
from regulars.benefits.kinds.vanity import VANITY

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        SERVICE,
        FUNCTION,
        VANITY,
        DISCOUNT,
        MEMBER_PRICE,
        FREE_SHIPPING,
        CREDIT,
        CASHBACK,
        MULTIPLIER,
        COUPON_PACK,
        GIFT,
        PARTNER_GIFT,
        ACCESS,
    )
}

import json
from pathlib import Path
import pytest
from regulars.engine.doors import receive
from regulars.programme.service import publish

GROCERY = (Path(__file__).parents[2] / "programmes" / "grocery.yaml").read_text()

@pytest.mark.django_db
def test_order():
    publish(GROCERY, "test")
    body = {"id": "o-1001", "source": "pos", "type": "order.paid", "member": {"phone": "+8613800000000"}, "time": "2026-11-22T10:00:00+08:00", "data": {"order_id": "1001", "total": "128.00", "currency": "CNY", "channel": "store", "store": "S01", "items": [{"sku": "A1", "name": "...", "category": "...", "brand": "...", "quantity": 1, "price": "128.00"}]}}
    out = receive(json.dumps(body).encode(), "api", "en")
    print(json.dumps(out, indent=1, ensure_ascii=False))
    again = receive(json.dumps(body).encode(), "api", "en")
    assert again[0]["status"] == "duplicate"
    assert {**again[0], "status": "processed"} == out[0]
    refund = {"id": "r1", "source": "pos", "type": "order.refunded", "member": {"phone": "+8613800000000"}, "time": "2026-11-22T12:00:00+08:00", "data": {"order_id": "1001", "amount": "28.00", "currency": "CNY"}}
    out = receive(json.dumps(refund).encode(), "api", "zh-hans")
    print(json.dumps(out, indent=1, ensure_ascii=False))
    assert 0

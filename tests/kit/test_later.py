"""What takes long to load is not loaded by those who only start."""

import subprocess
import sys

import pytest

from regulars.kit.later import later

HEAVY = ("pandas", "scipy.special", "scipy.optimize", "scipy.stats", "pyspark")


def test_a_module_comes_when_it_is_asked_and_what_is_missing_is_told_at_once() -> None:
    assert later("json").loads("[1]") == [1]
    with pytest.raises(ModuleNotFoundError, match="regulars_none"):
        later("regulars_none")
    with pytest.raises(AttributeError):
        _ = later("json").nothing


def test_a_server_and_a_worker_start_without_what_only_models_need() -> None:
    asked = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings';"
        " import django; django.setup(); import regulars.wiring, regulars.work;"
        f" print([name for name in {HEAVY} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

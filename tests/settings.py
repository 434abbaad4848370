"""The settings of a test run: a data folder of its own, and nothing from the caller's environment."""

import gc
import os
import tempfile

gc.disable()  # until every test is loaded

for name in [name for name in os.environ if name.startswith(("REGULARS_", "DATABASE_"))]:
    del os.environ[name]
os.environ["REGULARS_DATA"] = tempfile.mkdtemp(prefix="regulars-tests-")

from regulars.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # files are looked up when asked for, not listed anew for every test client

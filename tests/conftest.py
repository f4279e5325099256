import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The machine's speed must not decide a test, and a failure must come back on the next run.
settings.register_profile(
    "reproducible", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
# pytest --hypothesis-profile=exploring looks where no run has looked before.
settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("reproducible")

"""Why a plan is what it is, what its limits are worth, and why there is none."""

"""Posts: staff beyond them do no work, and are without a post.

Arrays are of any one shape; posts are NaN where there is no end of them.
"""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats


def missing(demand: Floats, staff: Floats, posts: Floats) -> Floats:
    """Return the FTE missing: demand beyond the staff, or beyond the posts that they can fill."""
    employed = staff if np.isnan(posts).all() else np.fmin(staff, posts)
    found = np.asarray(demand - employed)
    return np.maximum(found, 0.0, out=found)


def without_post(staff: Floats, posts: Floats) -> Floats:
    """Return the FTE of staff beyond posts; NaN where there is no end of posts."""
    return np.maximum(staff - posts, 0.0)

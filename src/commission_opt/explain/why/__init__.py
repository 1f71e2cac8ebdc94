"""Why a course has the places it has, and where supply comes from."""

"""Uncertainty files in which one thing is wrong: where, and what is said of it."""

GOOD = """\
name = "test"
title = "For tests"
draws = 8
seed = 1

[[uncertain]]
name = "demand"
figures = "demand[group=nursing]"
how = "*="
interval = [0.96, 1.05]
each = "profession"
correlation = 0.5
over_time = "fan"

[[uncertain]]
name = "joining"
figures = "join_rate"
how = "*="
uniform = [0.9, 1.0]

[[scenario]]
name = "retention"
probability = 0.2
settings = ["leavers*=1.2", "join_rate*=0.97"]
"""

INTERVAL = "interval = [0.96, 1.05]"

# what stands in the good file, what stands there instead, the line and key, part of what is said
OF_ITSELF: tuple[tuple[str, str, int | None, str, str], ...] = (
    ('name = "test"\n', "", None, "name", "is missing"),
    ('name = "test"', 'name = "a b"', 1, "name", "write letters, digits"),
    ('name = "test"', "name = 3", 1, "name", "is not text"),
    ("draws = 8", "drawz = 8", 3, "drawz", "did you mean 'draws'"),
    ("draws = 8\n", "", None, "draws", "is missing"),
    ("draws = 8", "draws = 0", 3, "draws", "0 is not 1 or more"),
    ("draws = 8", "draws = 1.5", 3, "draws", "1.5 is not a whole number"),
    ("draws = 8", "draws = true", 3, "draws", "true is not a whole number"),
    ("draws = 8", "draws = 100001", 3, "draws", "100001 is more than 100,000"),
    ("seed = 1", "seed = -1", 4, "seed", "-1 is not a whole number from 0"),
    ("seed = 1", "seed = 9999999999", 4, "seed", "is not a whole number from 0"),
    ('name = "demand"\n', "", 6, "uncertain 1, name", "is missing"),
    ('name = "demand"', 'name = " "', 7, "uncertain 1, name", "is empty"),
    ('name = "demand"', 'name = " demand"', 7, "uncertain 1, name", "begins or ends with a space"),
    ('name = "demand"', 'name = "a\\u001b[31m"', 7, "uncertain 1, name", "control character"),
    ('name = "demand"', 'name = "joining"', 16, "uncertain 2, name", "is the name of number 1"),
    ('figures = "join_rate"\n', "", 15, "uncertain 2, figures", "is missing"),
    ('"join_rate"', '"joinrate"', 17, "uncertain 2, figures", "did you mean join_rate"),
    ('"join_rate"', '"join_rate*=0.9"', 17, "uncertain 2, figures", "names no figures"),
    ('"join_rate"', '"join_rate[course]"', 17, "uncertain 2, figures", "is not a filter"),
    ('"join_rate"', '"join_rate[fund=a]"', 17, "uncertain 2, figures", "cannot be filtered by"),
    ('"join_rate"', '"model.discount_rate"', 17, "uncertain 2, figures", "is a key of the model"),
    ('"demand[group=nursing]"', '"demand[region=*]"', 8, "uncertain 1, figures", "has no code"),
    ('how = "*="\ninterval', "interval", 6, "uncertain 1, how", "is missing"),
    ('how = "*="\ninterval', 'how = "="\ninterval', 9, "uncertain 1, how", "is not one of *=, +="),
    (INTERVAL + "\n", "", 6, "uncertain 1", "has no distribution; write one of interval ="),
    (INTERVAL, "intervall = [0.96, 1.05]", 10, "uncertain 1, intervall", "did you mean 'interval'"),
    (INTERVAL, INTERVAL + "\nnormal = [1, 0.1]", 11, "uncertain 1, normal", "beside interval"),
    (INTERVAL, "interval = 0.96", 10, "uncertain 1, interval", "0.96 is not like [0.96, 1.05]"),
    (INTERVAL, "interval = [0.96]", 10, "uncertain 1, interval", "is not like [0.96, 1.05]"),
    (INTERVAL, "interval = []", 10, "uncertain 1, interval", "is empty"),
    (INTERVAL, 'interval = [0.96, "1"]', 10, "uncertain 1, interval", "'1' is not a number"),
    (INTERVAL, "interval = [0.96, nan]", 10, "uncertain 1, interval", "nan is not a finite"),
    (INTERVAL, "interval = [0.96, inf]", 10, "uncertain 1, interval", "inf is not a finite"),
    (INTERVAL, "uniform = [1, 1e308]", 10, "uncertain 1, uniform", "1e+308 is beyond 1e+15"),
    (INTERVAL, 'interval = "0.96, 1.05"', 10, "uncertain 1, interval", "is not like [0.96, 1.05]"),
    (INTERVAL, "interval = [0.96, 1.0, 1.05]", 10, "uncertain 1, interval", "is not like [0.96"),
    (INTERVAL, "interval = [0.96, true]", 10, "uncertain 1, interval", "true is not a number"),
    ('each = "profession"', "each = 3", 11, "uncertain 1, each", "3 is not text"),
    ('settings = ["leavers*=1.2", "join_rate*=0.97"]', 'settings = ["leavers*=1.2",\n 7]', 25,
     "scenario 1, settings", "7 is not text"),
    (INTERVAL, "interval = [1.05, 0.96]", 10, "uncertain 1, interval", "does not rise"),
    (INTERVAL, "interval = [1, 1]", 10, "uncertain 1, interval", "does not rise"),
    (INTERVAL, "interval = [0, 1.05]", 10, "uncertain 1, interval", "not above 0"),
    (INTERVAL, "normal = [1, -0.1]", 10, "uncertain 1, normal", "standard deviation below 0"),
    (INTERVAL, "normal = [-1, 0.1]", 10, "uncertain 1, normal", "has a mean below 0"),
    (INTERVAL, "normal = [1, 0.1, 2]", 10, "uncertain 1, normal", "is not like [1.0, 0.05]"),
    (INTERVAL, "triangular = [0.9, 1.2, 1]", 10, "uncertain 1, triangular", "does not rise"),
    (INTERVAL, "triangular = [-0.1, 1, 2]", 10, "uncertain 1, triangular", "goes below 0"),
    (INTERVAL, "uniform = [1.1, 0.9]", 10, "uncertain 1, uniform", "does not rise"),
    (INTERVAL, "uniform = [-0.2, 0.9]", 10, "uncertain 1, uniform", "goes below 0"),
    (INTERVAL, "values = [1, 1.1]", 6, "uncertain 1, probabilities", "is missing"),
    (INTERVAL, "values = [1, 1]\nprobabilities = [0.5, 0.5]", 10, "uncertain 1, values", "twice"),
    (INTERVAL, "values = [-1, 1]\nprobabilities = [0.5, 0.5]", 10, "uncertain 1, values",
     "-1 is below 0"),
    (INTERVAL, "values = [1, 2]\nprobabilities = [1]", 11, "uncertain 1, probabilities",
     "has 1 number, but there are 2 values"),
    (INTERVAL, "values = [1, 2]\nprobabilities = [0.5, 0.4]", 11, "uncertain 1, probabilities",
     "come to 0.9, not to 1"),
    (INTERVAL, "values = [1, 2]\nprobabilities = [1.5, -0.5]", 11, "uncertain 1, probabilities",
     "-0.5 is below 0"),
    (INTERVAL, INTERVAL + "\nprobabilities = [1]", 11, "uncertain 1, probabilities",
     "goes with values only"),
    ('each = "profession"', 'each = "profesion"', 11, "uncertain 1, each", "did you mean"),
    ('each = "profession"', 'each = "year"', 11, "uncertain 1, each", "is nothing that a draw"),
    ('each = "profession"', "each = []", 11, "uncertain 1, each", "is empty"),
    ('each = "profession"', 'each = ["region", "region"]', 11, "uncertain 1, each", "there twice"),
    ("correlation = 0.5", "correlation = 1.5", 12, "uncertain 1, correlation", "not between 0"),
    ("correlation = 0.5", "correlation = -0.1", 12, "uncertain 1, correlation", "not between 0"),
    ("correlation = 0.5", "correlation = nan", 12, "uncertain 1, correlation", "not between 0"),
    ('over_time = "fan"', 'over_time = "drift"', 13, "uncertain 1, over_time", "is not one of"),
    ('name = "retention"\n', "", 21, "scenario 1, name", "is missing"),
    ('name = "retention"', 'name = "draw-0001"', 22, "scenario 1, name", "is how draws are called"),
    ("probability = 0.2\n", "", 21, "scenario 1, probability", "is missing"),
    ("probability = 0.2", "probability = 0", 23, "scenario 1, probability", "not above 0"),
    ("probability = 0.2", "probability = 1.2", 23, "scenario 1, probability", "not above 0"),
    ("probability = 0.2", "probability = 1", 23, "scenario 1, probability", "leaves the draws"),
    ('settings = ["leavers*=1.2", "join_rate*=0.97"]\n', "", 21, "scenario 1, settings",
     "is missing"),
    ('"leavers*=1.2"', "1.2", 24, "scenario 1, settings", "1.2 is not text"),
    ('"leavers*=1.2"', '"leavers"', 24, "scenario 1, settings", "is not an axis"),
    ('"leavers*=1.2"', '"leavers*=0.8,1.2"', 24, "scenario 1, settings", "has several values"),
    ('"leavers*=1.2"', '"model.discount_rate=0"', 24, "scenario 1, settings", "varies the model"),
    ("[[scenario]]", "[[scenarios]]", 21, "scenarios", "did you mean 'scenario'"),
    ("[[scenario]]", "[scenario]", 21, "scenario", "is not a list of tables"),
    ('name = "test"', 'name = "test', None, "", "is not valid TOML"),
    ('name = "test"', f"name = {'[' * 40}{']' * 40}", None, "", "nested more than 32 deep"),
)  # fmt: skip

# the same for what an instance shows to be wrong: that of handworked.py
ON_AN_INSTANCE: tuple[tuple[str, str, int | None, str, str], ...] = (
    ("group=nursing", "group=nursin", 8, "uncertain 1, figures", "did you mean"),
    ("group=nursing", "year=2040", 8, "uncertain 1, figures", "outside the horizon"),
    ('"demand[group=nursing]"', '"joiners"', 8, "uncertain 1, figures", "there is nothing to vary"),
    ('each = "profession"', 'each = "course"', 8, "uncertain 1, figures", "no 'course' for each"),
    ('"join_rate"', '"fill_rate"\nover_time = "walk"', 17, "uncertain 2, figures",
     "has no years, so it cannot walk"),
    ('"demand[group=nursing]"', '"budget"', 8, "uncertain 1, figures", "is a figure of rules"),
    ("[0.9, 1.0]", "[1.9, 2.0]", 17, "uncertain 2, figures",
     "of the drawn figures leave their range, most often join_rate of courses.csv, drawn by "
     "“joining”, more than 10%; draw from a narrower"),
    ("leavers*=1.2", "demand*=1e308", 24, "scenario 1, settings", "which is more than 1e+15"),
    ("leavers*=1.2", "leavers[profession=nures]*=1.2", 24, "scenario 1, settings", "did you mean"),
    ("leavers*=1.2", "leavers*=6", 24, "scenario 1, settings",
     "'retention': “leavers × 6” makes 1.2 of 0.2 in workforce.csv row 3, leaver_rate, which is "
     "not between 0 and 1"),
    ("leavers*=1.2", "max_intake*=0.1", None, "",
     "in scenario 'retention' courses.csv row 2, min_cohort is 10, more than max_intake, 4"),
)  # fmt: skip

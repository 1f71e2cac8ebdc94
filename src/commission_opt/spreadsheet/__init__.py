"""Reading ``.xlsx`` files safely and exactly; knows cells, not what they mean.

A reader of our own, because what is needed is more than the readers at hand give: the text of a
cell exactly as it was typed (``_x000D_`` escapes undone, rich text joined), formulas, dates, error
values, merged and hidden cells told apart, and a file from anywhere refused before it can do harm.
"""

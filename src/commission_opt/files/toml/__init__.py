"""TOML files: checked values out of their tables, and the line where each of them stands.

Values come from the standard library's parser, which keeps no lines. Lines come from the concrete
syntax tree of ``tree-sitter``, which is asked only once something is wrong.
"""

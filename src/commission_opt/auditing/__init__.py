"""Audits worked in tasks: by this process, by others or on a cluster, kept and gone on with."""

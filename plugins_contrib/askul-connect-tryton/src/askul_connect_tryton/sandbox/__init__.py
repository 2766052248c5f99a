"""A Tryton of one's own, to try the connector out: installed apart, filled through its RPC, thrown away afterwards.

Tryton is under the GPL. It runs as a process of its own from an environment of its own; nothing here imports it.
"""

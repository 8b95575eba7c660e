"""One database on several servers: a primary that takes writes, and standbys that follow it.

Which of them is the primary may change at any time. A server that was primary once and comes back does not know that
another took its place; what it would say, and what it would take, is of a past that was left. So the servers are told
apart by their timeline, a number that PostgreSQL raises with each promotion: the highest is the one that holds.
"""

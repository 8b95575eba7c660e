"""A municipality on several machines: three hosts, two database servers, one payment day, and what goes wrong in it."""

"""Rules of paying: lifecycle, banking days, remainder, shortage, pain.001 and pain.002."""

"""What goes wrong between people, programs, banks and machines, made to go wrong by the thousand."""

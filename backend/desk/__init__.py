"""What the desk shows: rows fetched and put together before a template starts, without words and without HTTP."""

"""Labs: what is asked of students, and how it is judged. `load` reads them, `model` is them."""

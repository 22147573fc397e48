"""What may not be told: the gate, what figures say of persons, what earlier editions have published."""

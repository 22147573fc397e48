"""The documents of a démarche: the convention and its fiches-action in Word, the info flash."""

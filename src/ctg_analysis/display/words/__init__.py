"""Texts that a reader meets: numbers, dates, sentences, notes, the glossary."""

"""What is declared, each thing once: sources, indicators, forms, norms; settings and errors."""

"""What every stage needs: the model, the territories, files and their layouts, settings, errors, locks."""

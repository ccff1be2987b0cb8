"""The exercises of each lesson as its readers see them: data, and cases worked out apart."""

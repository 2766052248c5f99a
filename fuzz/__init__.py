"""Fuzzing of every entrance for strangers' bytes: with Atheris (`make fuzz`), and with Hypothesis in the tests."""

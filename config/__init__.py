"""The configuration: YAML files, and the modules that load and check them."""

"""Pure functions: the science of the product."""

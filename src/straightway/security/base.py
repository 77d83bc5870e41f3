"""What makes a dependency a security scheme."""

from straightway.declare.schemes import SecurityBase

__all__ = ["SecurityBase"]

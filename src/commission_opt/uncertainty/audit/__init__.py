"""An audit: how a plan fares in fresh draws, what drives that, and how much better one could do."""

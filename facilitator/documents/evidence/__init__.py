"""From a figure back to who raised a hand, and from an idea forward to what became of it."""

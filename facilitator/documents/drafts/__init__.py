"""The proposals of a workshop as staff word them: begun, compared, merged, versioned."""

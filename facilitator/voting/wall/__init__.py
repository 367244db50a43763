"""The big screen: what hangs on the wall, and the four ways to look at it."""

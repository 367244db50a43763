"""What offices and residents receive: proposals and data, made of what the room said."""

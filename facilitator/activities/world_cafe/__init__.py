"""The kind World Café: tables, rounds, hosts, harvest."""

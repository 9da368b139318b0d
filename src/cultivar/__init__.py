"""Cultivar runs industrial-cluster programmes from the policy document itself."""

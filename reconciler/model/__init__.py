"""What a campaign is: its fields, its values in one spelling, and what can go wrong."""

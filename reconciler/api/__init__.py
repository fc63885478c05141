"""The API: requests and answers as data, and the one client that sends them."""

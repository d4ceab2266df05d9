"""AWS, typed: what exists in the account, and nothing else. Nothing here creates or changes."""

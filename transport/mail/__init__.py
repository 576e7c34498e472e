"""Mailboxes and the copies in them."""

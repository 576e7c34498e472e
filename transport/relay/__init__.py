"""The servers: stages, the link, retries, outages, interception."""

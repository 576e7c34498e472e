"""The servers: stages and what obstructs them, ways and lists, the link, retries, outages, interception."""

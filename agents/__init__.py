"""Floor 1: who acts: sender, servers, clients, persons."""

"""The domain: tickets, people and their deadlines. Knows Tortoise and the standard library only."""

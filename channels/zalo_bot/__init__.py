"""The Zalo Bot Platform: one static token, long polling or a webhook with a shared secret, text and pictures."""

"""The Zalo Official Account of an office: rotating tokens, signed webhooks, a window for answers, groups of its own."""

"""The networks: each folder speaks one provider's language and knows no other."""

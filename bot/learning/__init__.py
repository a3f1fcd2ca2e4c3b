"""How the understanding of messages is learnt and measured; never needed while the helpdesk runs."""

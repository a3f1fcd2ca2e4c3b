"""Short messages through a gateway of the office's own: a spare Android phone (SMSGate) or a Kannel."""

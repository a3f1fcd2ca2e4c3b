"""Every word people read, in Vietnamese and English."""

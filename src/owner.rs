//! How a second process acts through the one that owns the home.

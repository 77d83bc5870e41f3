"""What an application says about itself: other readings of what was analysed."""

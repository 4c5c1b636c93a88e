"""What two or more functions need. A function imports this and never another function."""

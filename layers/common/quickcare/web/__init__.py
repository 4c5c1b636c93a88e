"""What every HTTP function shares: requests, fields, answers, pages of lists, repeated requests."""

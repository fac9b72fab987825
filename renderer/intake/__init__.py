"""What comes in from outside: job, insurer and member files into Jobs, Rows and Members, or what is wrong with them."""

"""What another system calls: jobs and sheets by HTTP."""

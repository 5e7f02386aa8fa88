"""What many clients that send a request head byte by byte cost everybody else."""

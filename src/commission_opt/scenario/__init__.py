"""What varies, and the instance and model that follow: shared by explain, sweep and report."""

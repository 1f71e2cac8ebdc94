"""Many plans: scenarios of one instance and model, solved one after the other."""

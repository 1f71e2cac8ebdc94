"""What may turn out otherwise, drawn: from an uncertainty file to the instance of each future."""

"""Room to move: how far places may go while a plan stays nearly as good, and plans that use it."""

"""Documents to hand over: PDF, slides, a file to send by mail."""

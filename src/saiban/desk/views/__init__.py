"""Pages of the frame that people work in, a module per matter."""

"""The theories: each makes a sheet of a case, from a codebook and a rule. They never import each other."""

"""The plugin's part of a master's web server: the built page, and a pipe to the sampler for everything else."""

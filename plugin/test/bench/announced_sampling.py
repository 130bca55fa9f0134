"""CPython's own profiler, as `python -m profiling.sampling`, that says "sampling" when its modules are loaded and it begins to sample."""
import runpy

from profiling.sampling.sample import SampleProfiler

sample = SampleProfiler.sample


def announced_sample(*args, **kwargs):
    print("sampling", flush=True)
    return sample(*args, **kwargs)


SampleProfiler.sample = announced_sample
runpy.run_module("profiling.sampling", run_name="__main__", alter_sys=True)

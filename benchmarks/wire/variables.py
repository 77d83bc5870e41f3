"""Environment variables that say to the process of a server who serves what."""

CONTENDER, WORKLOAD = "STRAIGHTWAY_BENCHMARK_CONTENDER", "STRAIGHTWAY_BENCHMARK_WORKLOAD"

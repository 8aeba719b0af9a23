package caretaker.cli;

import picocli.CommandLine.Command;

/** {@code caretaker gpu}: how the GPUs of all hosts are. */
@Command(
        name = "gpu",
        description = "See how the GPUs of all hosts are. Reads the bus, changes nothing.",
        subcommands = {GpuStatusCommand.class, GpuCheckCommand.class, GpuThrottleCommand.class})
final class GpuCommand {}

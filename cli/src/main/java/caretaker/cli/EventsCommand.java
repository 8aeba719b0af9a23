package caretaker.cli;

import picocli.CommandLine.Command;

/** {@code caretaker events}: what goes over the bus. */
@Command(
        name = "events",
        description = "Look at what goes over the bus, and practise.",
        subcommands = {EventsTailCommand.class, EventsInjectCommand.class})
final class EventsCommand {}

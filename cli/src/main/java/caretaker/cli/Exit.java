package caretaker.cli;

/** The exit codes of every subcommand, the same everywhere. */
final class Exit {
    static final int OK = 0;
    static final int FAILURE = 1;
    /** Bad arguments or a bad config file. */
    static final int USAGE = 2;

    static final int NOT_FOUND = 5;
    /** Another instance holds what this one needs. */
    static final int LOCKED = 7;
    /** Something outside is missing or out of reach: Kafka, a driver, a port. */
    static final int UNREACHABLE = 8;

    private Exit() {}
}

package caretaker.cli;

/** The exit codes of every subcommand, the same everywhere. */
final class Exit {
    static final int OK = 0;
    static final int FAILURE = 1;
    /** Bad arguments or a bad config file. */
    static final int USAGE = 2;
    /** What was looked at works, but not as it should. */
    static final int DEGRADED = 3;
    /** What was looked at is not as it must be. */
    static final int CHECK_FAILED = 4;

    static final int NOT_FOUND = 5;
    /** Not done, because nobody has confirmed it. */
    static final int REFUSED = 6;
    /** Another instance holds what this one needs. */
    static final int LOCKED = 7;
    /** Something outside is missing or out of reach: Kafka, a driver, a port. */
    static final int UNREACHABLE = 8;

    static final int TIMEOUT = 9;
    /** Nothing more is repaired until a person has looked: a quarantine, or the breaker. */
    static final int QUARANTINED = 11;

    private Exit() {}
}

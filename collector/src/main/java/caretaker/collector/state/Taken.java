package caretaker.collector.state;

/** What became of one record. Every record that is taken in is exactly one of these. */
public sealed interface Taken {
    /** It is now the newest of its host. */
    record Accepted() implements Taken {}

    /** The fleet has a newer one of that host. */
    record Superseded() implements Taken {}

    /** Of a new host, and the fleet holds as many as it may. */
    record Refused() implements Taken {}

    /** Made by a writer newer than this reader. */
    record Newer(long format) implements Taken {}

    /** Bytes no retry can fix. */
    record Malformed(String reason) implements Taken {}

    Taken ACCEPTED = new Accepted();
    Taken SUPERSEDED = new Superseded();
    Taken REFUSED = new Refused();
}

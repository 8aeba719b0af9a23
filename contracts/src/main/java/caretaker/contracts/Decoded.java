package caretaker.contracts;

/** What came out of a record's value. */
public sealed interface Decoded<T> {
    record Known<T>(T event) implements Decoded<T> {}

    /** A record without value: what its key names is no more. */
    record Removed<T>() implements Decoded<T> {}

    /** A type or a word of a newer writer. Skip it and count it. */
    record Unknown<T>(String what) implements Decoded<T> {}

    /** Bytes no retry can fix. */
    record Malformed<T>(String reason) implements Decoded<T> {}
}

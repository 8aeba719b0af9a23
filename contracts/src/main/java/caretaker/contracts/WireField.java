package caretaker.contracts;

/** A field of message {@code Gpu} that holds values. */
public sealed interface WireField permits Column, VectorColumn, Part {
    /** Its number, which never changes and is never used again. */
    int field();

    /** Its name in {@code readings.proto}. */
    String fieldName();
}

package caretaker.chassis;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where records go that no retry can help. */
@FunctionalInterface
public interface Quarantine {
    /**
     * Returns once the copy is durable.
     *
     * @throws Unavailable if it cannot be made now; the record then comes again
     */
    void store(ConsumerRecord<byte[], byte[]> record, String reason);

    /** The copy could not be made for a reason that may pass. */
    final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

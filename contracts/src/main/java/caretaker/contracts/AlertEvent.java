package caretaker.contracts;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The newest state of one alert; it replaces all earlier ones of its fingerprint.
 *
 * @param fingerprint 16 hex digits, the key of the record: FNV-1a over the labels
 * @param labels not empty
 * @param endsAt when it ended or, if nobody repeats it, will have ended
 * @param updatedAt when this state was accepted; the younger of two wins
 * @param timeout whether {@code endsAt} is only a guess, since the sender gave none
 */
public record AlertEvent(
        String fingerprint,
        Map<String, String> labels,
        Map<String, String> annotations,
        Instant startsAt,
        Instant endsAt,
        Instant updatedAt,
        String generatorUrl,
        boolean timeout) {
    public AlertEvent {
        if (!WireHex.isFingerprint(fingerprint)) {
            throw new IllegalArgumentException("a fingerprint has 16 hex digits");
        }
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("an alert needs a label");
        }
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }
}

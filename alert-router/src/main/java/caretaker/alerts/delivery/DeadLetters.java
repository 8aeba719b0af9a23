package caretaker.alerts.delivery;

import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.state.Pending;
import caretaker.alerts.state.Sizes;
import caretaker.alerts.state.Translation;
import caretaker.contracts.AlertEvent;
import caretaker.contracts.NotificationEvent.Dead;
import caretaker.contracts.NotificationEvent.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes dead letters. */
final class DeadLetters {
    /** Alerts of one dead letter that are kept whole; of the others, the fingerprints are. */
    static final int MAX_ALERTS = 1000;

    static final int MAX_CHARACTERS = 256 << 10;

    private DeadLetters() {}

    /**
     * What could not be told now, with what could not be told before and is no part of it.
     *
     * @param room bytes that it may take of the memory: its alerts go without their texts rather than beyond it
     */
    static Dead of(Letter letter, Instant at, int attempts, String error, @Nullable Dead before, long room) {
        Map<String, AlertEvent> alerts = new LinkedHashMap<>();
        letter.alerts().forEach(alert -> alerts.put(alert.fingerprint().toString(), Translation.event(alert)));
        Set<String> firing = texts(letter.message().firing());
        Set<String> resolved = texts(letter.message().resolved());
        int omitted = 0;
        if (before != null) {
            before.alerts().forEach(alert -> alerts.putIfAbsent(alert.fingerprint(), alert));
            before.message().firing().stream()
                    .filter(print -> !resolved.contains(print))
                    .forEach(firing::add);
            before.message().resolved().stream()
                    .filter(print -> !firing.contains(print))
                    .forEach(resolved::add);
            omitted = before.omitted();
        }
        Pending pending = letter.message();
        var message = new Message(pending.id(), pending.reason(), pending.since(), firing, resolved);
        List<AlertEvent> kept = new ArrayList<>();
        int characters = 0;
        long bytes = Sizes.of(message, error);
        for (AlertEvent alert : alerts.values()) {
            characters += size(alert);
            bytes += Sizes.of(alert);
            if (kept.size() < MAX_ALERTS && characters <= MAX_CHARACTERS && bytes <= room) {
                kept.add(alert);
            } else {
                omitted++;
            }
        }
        return new Dead(message, at, attempts, error, kept, omitted);
    }

    /** What could not be told before, and not now either. */
    static Dead again(Dead before, Instant at, int attempts, String error) {
        return new Dead(before.message(), at, before.attempts() + attempts, error, before.alerts(), before.omitted());
    }

    /** Whether what was told now is all that the dead letter had to say. */
    static boolean isCovered(Dead dead, Pending told) {
        Set<String> known = texts(told.firing());
        known.addAll(texts(told.resolved()));
        return known.containsAll(dead.message().firing());
    }

    private static int size(AlertEvent alert) {
        int size = alert.generatorUrl().length() + 200;
        for (Map<String, String> texts : List.of(alert.labels(), alert.annotations())) {
            for (Map.Entry<String, String> each : texts.entrySet()) {
                size += each.getKey().length() + each.getValue().length() + 6;
            }
        }
        return size;
    }

    private static Set<String> texts(Set<Fingerprint> fingerprints) {
        Set<String> texts = new HashSet<>();
        fingerprints.forEach(fingerprint -> texts.add(fingerprint.toString()));
        return texts;
    }
}

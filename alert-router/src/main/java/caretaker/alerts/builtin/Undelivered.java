package caretaker.alerts.builtin;

import caretaker.alerts.builtin.Change.Content;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Receivers that could not be told. Not safe for several threads at once. */
public final class Undelivered {
    private final Set<String> failing = new HashSet<>();

    /**
     * What has changed since it was asked last.
     *
     * @param byReceiver how many messages wait as dead letters
     */
    public List<Change> changes(Map<String, Integer> byReceiver, Instant now) {
        List<Change> changes = new ArrayList<>();
        byReceiver.forEach((receiver, count) -> {
            if (count > 0 && failing.add(receiver)) {
                changes.add(new Change.Raised(subject(receiver), now, "", content(receiver)));
            }
        });
        failing.removeIf(receiver -> {
            boolean isOver = byReceiver.getOrDefault(receiver, 0) == 0;
            if (isOver) {
                changes.add(new Change.Cleared(subject(receiver)));
            }
            return isOver;
        });
        return changes;
    }

    private static Subject subject(String receiver) {
        return new Subject(Kind.NOTIFICATIONS_UNDELIVERED, "", "receiver/" + receiver, false);
    }

    private static Content content(String receiver) {
        return new Content(
                Kind.NOTIFICATIONS_UNDELIVERED.severity(),
                Map.of("receiver", receiver),
                HealthNews.line("notifications of receiver " + receiver + " could not be delivered"),
                "Messages to receiver " + receiver + " were given up and wait as dead letters.",
                "Mend the receiver (caretaker notify test NAME), then: caretaker notify dead resend --all");
    }
}

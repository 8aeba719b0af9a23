package caretaker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of a repair.
 *
 * @param outcome one word
 */
record Conclusion(String outcome, int exitCode) {
    /** The worst first. */
    private static final List<Integer> WORST =
            List.of(Exit.QUARANTINED, Exit.CHECK_FAILED, Exit.TIMEOUT, Exit.DEGRADED, Exit.REFUSED, Exit.OK);

    /** Nothing is done for these, whatever comes. */
    private static final Set<String> REFUSALS = Set.of(
            "not-managed",
            "bad-label",
            "manual-stop",
            "state",
            "maintenance",
            "paused",
            "suppressed-host",
            "fenced",
            "expired",
            "report-only",
            "needs-approval");

    /** These hold a repair back until somebody does something: nobody should wait for that in front of a terminal. */
    private static final Set<String> HELD =
            Set.of("maintenance", "paused", "suppressed-host", "fenced", "breaker-open", "state");

    private static final Conclusion WELL = new Conclusion("well", Exit.OK);
    private static final Conclusion NOT_WELL = new Conclusion("not-well", Exit.DEGRADED);
    private static final Conclusion IN_QUARANTINE = new Conclusion("quarantined", Exit.QUARANTINED);

    /** For a request that was refused, by the service's word for why. */
    static int exitCode(String reason) {
        return reason.equals("quarantined") || reason.equals("breaker-open") ? Exit.QUARANTINED : Exit.REFUSED;
    }

    /**
     * How an incident ended; null while it goes on.
     *
     * @param container as the service shows it now; null if it is gone
     * @param events of the incident, oldest first, as they are on the bus
     * @param dryRun whether nothing more was wanted than to be told
     * @param isQuiet whether there was no news for a while: what was told last still holds
     */
    static @Nullable Conclusion of(
            @Nullable JsonNode container, String incident, List<JsonNode> events, boolean dryRun, boolean isQuiet) {
        JsonNode last = events.isEmpty() ? null : events.getLast().path("data");
        String kind = last == null ? "" : last.path("kind").asText();
        String reason = last == null ? "" : last.path("reason").asText();
        boolean isHeld = isQuiet && kind.equals("skipped") && HELD.contains(reason);
        if (!isOver(container, incident) && !isHeld) {
            return null;
        }
        if (container != null && container.path("phase").asText().equals("quarantined")) {
            return IN_QUARANTINE;
        }
        return switch (kind) {
            case "succeeded" -> new Conclusion("repaired", Exit.OK);
            case "quarantined" -> IN_QUARANTINE;
            case "failed" -> isNotVerified(reason) ? new Conclusion("not-verified", Exit.CHECK_FAILED) : NOT_WELL;
            case "skipped" -> skipped(container, reason, dryRun);
            case "escalated" -> new Conclusion("escalated", Exit.DEGRADED);
            default -> isQuiet ? ofWhatIsSeen(container) : null; // its end may not have been told yet
        };
    }

    private static boolean isOver(@Nullable JsonNode container, String incident) {
        if (container == null) {
            return true;
        }
        String phase = container.path("phase").asText();
        boolean rests = phase.equals("suspect") && !container.has("due");
        return rests
                || phase.equals("quarantined")
                || !container.path("incident").path("id").asText().equals(incident);
    }

    private static Conclusion skipped(@Nullable JsonNode container, String reason, boolean dryRun) {
        if (reason.equals("dry-run")) {
            return new Conclusion("dry-run", dryRun ? Exit.OK : Exit.REFUSED);
        }
        if (reason.equals("breaker-open")) {
            return new Conclusion(reason, Exit.QUARANTINED);
        }
        return REFUSALS.contains(reason) ? new Conclusion(reason, Exit.REFUSED) : ofWhatIsSeen(container);
    }

    /** Where no incident tells. */
    static Conclusion ofWhatIsSeen(@Nullable JsonNode container) {
        if (container == null) {
            return new Conclusion("gone", Exit.DEGRADED);
        }
        if (container.path("phase").asText().equals("quarantined")) {
            return IN_QUARANTINE;
        }
        return container.path("well").asBoolean() ? WELL : NOT_WELL;
    }

    /** When nobody wants to wait any longer. */
    static Conclusion ofTime(List<JsonNode> events) {
        boolean notVerified = events.stream()
                .map(event -> event.path("data"))
                .anyMatch(data -> data.path("kind").asText().equals("failed")
                        && isNotVerified(data.path("reason").asText()));
        return notVerified
                ? new Conclusion("not-verified", Exit.CHECK_FAILED)
                : new Conclusion("unfinished", Exit.TIMEOUT);
    }

    private static boolean isNotVerified(String reason) {
        return reason.equals("not-verified") || reason.equals("timeout");
    }

    /** Of several, the one to exit with. */
    static Conclusion worst(List<Conclusion> all) {
        return all.stream()
                .min((one, other) -> Integer.compare(WORST.indexOf(one.exitCode()), WORST.indexOf(other.exitCode())))
                .orElse(WELL);
    }
}

package caretaker.alerts.builtin;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Key;
import caretaker.chassis.config.Names;
import caretaker.chassis.config.Range;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts the router makes itself.
 *
 * @param enabled without it, what fires is left to itself and ends after {@link Told#KEPT}
 * @param leastSeverity what is less severe is no alert
 * @param silentAfter a host without readings for so long is silent
 * @param forgetHostsAfter a host that is silent for so long is no more, and neither are its alerts
 * @param runbooks where the folder of the documentation is found: the beginning of each {@code runbook_url}
 * @param maxAlerts what goes beyond is dropped and counted
 * @param conditions by name what is different
 */
public record BuiltInSettings(
        @Default("true") boolean enabled,
        @Default("warning") Severity leastSeverity,

        @Default("1m") @Range(min = "15s", max = "1h") Duration silentAfter,

        @Default("1d") @Range(min = "1h", max = "365d") Duration forgetHostsAfter,

        @Default("docs") String runbooks,

        @Default("10000") @Range(min = "1", max = "1000000") int maxAlerts,

        Map<String, Telling> conditions) {

    /**
     * What is different of one kind of alert.
     *
     * @param mute nobody is told
     * @param severity in place of the event's
     * @param waits how long it must have lasted before it fires
     * @param lasts how long it fires where nothing says that it is over
     */
    public record Telling(
            @Default("false") boolean mute,
            @Nullable Severity severity,
            @Key("for") @Nullable Duration waits,
            @Nullable Duration lasts) {}

    /** As if the file said nothing. */
    public static final BuiltInSettings DEFAULTS = new BuiltInSettings(
            true, Severity.WARNING, Duration.ofMinutes(1), Duration.ofDays(1), "docs", 10_000, Map.of());

    public BuiltInSettings {
        List<String> known = Kind.all().stream().map(Kind::name).toList();
        for (Map.Entry<String, Telling> entry : conditions.entrySet()) {
            String name = entry.getKey();
            if (!known.contains(name)) {
                String near = Names.nearest(name, known);
                throw new IllegalArgumentException("conditions." + name + ": no such alert; "
                        + (near == null ? "docs/built-in-alerts.md lists them" : "did you mean '" + near + "'?"));
            }
            boolean isOver = Kind.all().stream().anyMatch(kind -> kind.name().equals(name) && kind.lasts() == null);
            if (isOver && entry.getValue().lasts() != null) {
                throw new IllegalArgumentException(
                        "conditions." + name + ".lasts: it fires until it is over; it can wait ('for') but not end");
            }
        }
        conditions = Map.copyOf(conditions);
        runbooks = runbooks.replaceAll("/+$", "");
    }

    /** How severe it is; empty if nobody is told. */
    Optional<Severity> severity(Kind kind, Severity ofEvent) {
        Telling different = conditions.get(kind.name());
        if (different == null) {
            return Optional.of(ofEvent).filter(severity -> severity.compareTo(leastSeverity) >= 0);
        }
        Severity severity = different.severity() == null ? ofEvent : different.severity();
        return different.mute() || severity.compareTo(leastSeverity) < 0 ? Optional.empty() : Optional.of(severity);
    }

    Duration waits(Kind kind) {
        Telling different = conditions.get(kind.name());
        return different == null || different.waits() == null ? kind.waits() : different.waits();
    }

    /** How long it fires after it was last said. */
    Duration lasts(Kind kind) {
        Telling different = conditions.get(kind.name());
        if (different != null && different.lasts() != null) {
            return different.lasts();
        }
        return kind.lasts() == null ? Kind.OCCURRED_LASTS : kind.lasts();
    }

    String runbook(Kind kind) {
        return runbooks + "/" + kind.runbook();
    }
}

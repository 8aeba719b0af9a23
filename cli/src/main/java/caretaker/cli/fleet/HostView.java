package caretaker.cli.fleet;

import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One host at one moment.
 *
 * @param readings the newest record, or null if there is none
 * @param seen when the broker took it
 * @param identities by UUID, as far as they were told
 * @param conditions what is raised, drills included
 */
public record HostView(
        String host,
        @Nullable Readings readings,
        Instant seen,
        Map<String, GpuIdentity> identities,
        List<HealthEvent> conditions) {
    private static final int PATIENCE = 3;
    private static final Duration SLACK = Duration.ofSeconds(2);

    /** How old the newest record is. */
    public Duration age(Instant now) {
        Duration age = Duration.between(seen, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** Whether nothing has come for three of the host's own intervals, with two seconds for the way. */
    public boolean isSilent(Instant now) {
        return readings == null
                || age(now).compareTo(Duration.ofMillis(readings.intervalMillis())
                                .multipliedBy(PATIENCE)
                                .plus(SLACK))
                        > 0;
    }

    /** The board's name, or nothing. */
    public String nameOf(GpuReading gpu) {
        GpuIdentity identity = identities.get(gpu.uuid());
        return identity == null ? "" : identity.name();
    }

    /** Whether a condition was raised by an earlier run of the agent. */
    public boolean isOfFormerRun(HealthEvent event) {
        return readings != null && !event.drill() && !event.agentId().equals(readings.agentId());
    }
}

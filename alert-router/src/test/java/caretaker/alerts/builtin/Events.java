package caretaker.alerts.builtin;

import caretaker.contracts.BackupEvent;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEvent.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Made-up events. */
public final class Events {
    public static final Instant T0 = Instant.parse("2026-11-23T12:00:00Z");
    static final Entity GPU_3 = new Entity(Entity.Kind.GPU, "GPU-3", "GPU 3");

    private Events() {}

    public static HealthEvent lost(String host, State state, Instant at, long sequence) {
        return of(host, Condition.GPU_LOST, state, GPU_3, "79", at, sequence);
    }

    static HealthEvent of(
            String host, Condition condition, State state, Entity entity, String code, Instant at, long sequence) {
        return of(host, "a-1", condition, state, entity, code, at, sequence, Map.of(), false);
    }

    static HealthEvent of(
            String host,
            String agent,
            Condition condition,
            State state,
            Entity entity,
            String code,
            Instant at,
            long sequence,
            Map<String, String> evidence,
            boolean drill) {
        return new HealthEvent(
                host,
                agent,
                sequence,
                at,
                condition,
                state,
                condition.severity(),
                entity,
                code,
                entity.name() + " has a problem",
                condition.action(),
                evidence,
                drill);
    }

    public static BackupEvent backup(
            BackupEvent.Work work,
            BackupEvent.State state,
            Instant at,
            String error,
            List<String> warnings,
            @Nullable Instant expectedBy) {
        return new BackupEvent(
                "grafana",
                "head-1",
                "op-" + at.getEpochSecond(),
                work,
                state,
                at,
                at,
                "cron",
                "b-1",
                null,
                0,
                List.of(),
                List.of(),
                "",
                error,
                warnings,
                expectedBy);
    }
}

package caretaker.recovery.incident;

import caretaker.contracts.ContainerIdentity;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Containers a little different from others. */
final class Made {
    private Made() {}

    static Sighting with(Sighting of, State state, Health health, int code, boolean oom, @Nullable Instant startedAt) {
        return new Sighting(
                of.identity(),
                state,
                health,
                code,
                oom,
                startedAt,
                of.finishedAt(),
                of.restartCount(),
                of.error(),
                false,
                of.labels(),
                of.gpus(),
                of.shares(),
                of.links(),
                of.stopTimeout());
    }

    static Sighting exited(Sighting of, int code, Instant at) {
        Sighting gone = with(of, State.EXITED, of.health(), code, false, of.startedAt());
        return new Sighting(
                gone.identity(),
                gone.state(),
                gone.health(),
                code,
                false,
                gone.startedAt(),
                at,
                gone.restartCount(),
                "",
                false,
                gone.labels(),
                gone.gpus(),
                gone.shares(),
                gone.links(),
                gone.stopTimeout());
    }

    static Sighting healthy(Sighting of, Health health) {
        return with(of, State.RUNNING, health, 0, false, of.startedAt());
    }

    static Sighting in(Sighting of, State state) {
        return with(of, state, of.health(), of.exitCode(), of.oomKilled(), of.startedAt());
    }

    static Sighting started(Sighting of, Instant at) {
        return with(of, State.RUNNING, of.health() == Health.NONE ? Health.NONE : Health.HEALTHY, 0, false, at);
    }

    /** Stopped by somebody through the engine. */
    static Sighting stopped(Sighting of, int code, Instant at) {
        Sighting gone = exited(of, code, at);
        return new Sighting(
                gone.identity(),
                gone.state(),
                gone.health(),
                code,
                false,
                gone.startedAt(),
                at,
                0,
                "",
                true,
                gone.labels(),
                gone.gpus(),
                gone.shares(),
                gone.links(),
                gone.stopTimeout());
    }

    static Sighting anew(ContainerIdentity was, @Nullable Sighting old, String id, Instant at) {
        var identity = new ContainerIdentity(id, was.name(), was.image(), was.project(), was.service(), was.number());
        return new Sighting(
                identity,
                State.RUNNING,
                Health.NONE,
                0,
                false,
                at,
                null,
                0,
                "",
                false,
                old == null ? Map.of("caretaker.recovery", "true") : old.labels(),
                old == null ? List.of() : old.gpus(),
                old == null ? List.of() : old.shares(),
                old == null ? List.of() : old.links(),
                Duration.ofSeconds(10));
    }

    static Sighting shares(Sighting of, String key) {
        return others(of, of.labels(), of.gpus(), List.of(key), of.links());
    }

    static Sighting links(Sighting of, String key) {
        return others(of, of.labels(), of.gpus(), of.shares(), List.of(key));
    }

    static Sighting gpus(Sighting of, String... gpus) {
        return others(of, of.labels(), List.of(gpus), of.shares(), of.links());
    }

    static Sighting labelled(Sighting of, String label, String value) {
        Map<String, String> labels = new HashMap<>(of.labels());
        labels.put(label, value);
        return others(of, labels, of.gpus(), of.shares(), of.links());
    }

    private static Sighting others(
            Sighting of, Map<String, String> labels, List<String> gpus, List<String> shares, List<String> links) {
        return new Sighting(
                of.identity(),
                of.state(),
                of.health(),
                of.exitCode(),
                of.oomKilled(),
                of.startedAt(),
                of.finishedAt(),
                of.restartCount(),
                of.error(),
                of.stopped(),
                labels,
                gpus,
                shares,
                links,
                of.stopTimeout());
    }
}

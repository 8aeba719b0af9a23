package caretaker.recovery.engine;

import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Gives the files of a container's volume or bind to the user that it runs as, and starts it anew. Modes are never
 * changed, links are not followed, and what is mounted below stays as it is. Begun again after a crash, it does the
 * same once more.
 */
final class Permissions {
    /** To give away, and to enter folders of others. */
    private static final List<String> CAPABILITIES = List.of("CHOWN", "DAC_OVERRIDE");

    private final Daemon daemon;
    private final Census census;
    private final HelperContainer helper;

    Permissions(Daemon daemon, Census census, InstantSource clock) {
        this.daemon = daemon;
        this.census = census;
        helper = new HelperContainer(daemon, clock);
    }

    /** To be asked for a container that is the one that was decided on; the rung says which path and whose. */
    Result of(Inspection container, Effect.Perform perform, BooleanSupplier mayPerform) throws Unavailable, Refusal {
        Rung rung = perform.rung();
        Optional<String> refused = refused(container, rung);
        if (refused.isPresent()) {
            return new Result.Refused(refused.get());
        }
        Optional<HelperContainer.Ended> ended = helper.run(new HelperContainer.Work(
                perform.operation().id(),
                container,
                Objects.requireNonNull(mount(container, rung.path()).orElse(null)),
                List.of("chown", "-hR", rung.owner(), rung.path()),
                CAPABILITIES,
                rung.within()));
        if (ended.isEmpty()) {
            return new Result.Refused(
                    "chown has not ended within " + rung.within().toSeconds() + " s");
        }
        if (ended.get().code() != 0) {
            return new Result.Refused(Refusal.line("chown ended with code "
                    + ended.get().code() + ": " + ended.get().lastLine()));
        }
        return mayPerform.getAsBoolean() ? start(perform.operation()) : new Result.Held();
    }

    /** Removes what a run that was killed long ago has left behind. */
    void clear() throws Unavailable, Refusal {
        helper.clear("");
    }

    /** Nothing but a mount that can be written to, of a container that runs as the one to whom it shall belong. */
    private static Optional<String> refused(Inspection container, Rung rung) {
        Optional<JsonNode> mount = mount(container, rung.path());
        if (mount.isEmpty()) {
            return Optional.of(rung.path() + " is no volume and no bind of it");
        }
        if (!mount.get().path("RW").asBoolean(false)) {
            return Optional.of(rung.path() + " is mounted read-only");
        }
        String user = container.raw().path("Config").path("User").asText("").split(":", 2)[0];
        boolean isRoot = user.isEmpty() || user.equals("root");
        boolean isAnother = user.matches("[0-9]{1,10}") && Long.parseLong(user) != rung.uid();
        return isRoot || isAnother
                ? Optional.of("it runs as user " + (isRoot ? "root" : user) + ", not as " + rung.uid())
                : Optional.empty();
    }

    private static Optional<JsonNode> mount(Inspection container, String path) {
        for (JsonNode mount : container.raw().path("Mounts")) {
            String type = mount.path("Type").asText("");
            if (mount.path("Destination").asText("").equals(path) && (type.equals("volume") || type.equals("bind"))) {
                return Optional.of(mount);
            }
        }
        return Optional.empty();
    }

    /** What the engine has started by itself meanwhile, or is about to, needs no other start. */
    private Result start(Operation operation) throws Unavailable, Refusal {
        String id = operation.before().containerId();
        Optional<Inspection> now = census.inspect(id);
        if (now.isEmpty()) {
            return new Result.Changed();
        }
        State state = now.get().state().orElse(State.DEAD);
        boolean isSameRun =
                Objects.equals(now.get().startedAt(), operation.before().startedAt());
        if (state == State.EXITED) {
            Actions.start(daemon, id);
        } else if (state == State.RUNNING && isSameRun) {
            daemon.post("/containers/" + id + "/restart", null, Actions.stopping(now.get()));
        }
        return new Result.Done();
    }
}

package caretaker.recovery.engine;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Does to a container what was decided, if it is still the one that it was decided about. */
final class Actions {
    /** For a start, and for what makes or removes a container. */
    static final Duration STARTING = Duration.ofSeconds(30);

    private static final Duration MARGIN = Duration.ofSeconds(15);
    private static final Duration CLOCKS = Duration.ofSeconds(1);
    private static final Duration AMBIGUOUS = Duration.ofMinutes(5);

    /** What has stopped the container on its way. */
    private static final Set<Action> HALF_DONE_IS_DOWN = Set.of(Action.RESTART, Action.STOP, Action.FIX_PERMISSIONS);

    private final Daemon daemon;
    private final Census census;
    private final Stops stops;
    private final Recreation recreation;
    private final CopyAside copyAside;
    private final Reload reload;
    private final FormerConfig configs;
    private final Permissions permissions;
    private final InstantSource clock;

    Actions(
            Daemon daemon,
            Census census,
            Stops stops,
            Recreation recreation,
            CopyAside copyAside,
            Reload reload,
            FormerConfig configs,
            InstantSource clock) {
        this.daemon = daemon;
        this.census = census;
        this.stops = stops;
        this.recreation = recreation;
        this.copyAside = copyAside;
        this.reload = reload;
        this.configs = configs;
        permissions = new Permissions(daemon, census, clock);
        this.clock = clock;
    }

    /** the engine waits as long as the container says; it is given a little more than that. */
    static Duration stopping(Inspection container) {
        return container.stopTimeout().plus(MARGIN);
    }

    static void start(Daemon daemon, String id) throws Unavailable, Refusal {
        daemon.ask(STARTING, docker -> docker.startContainerCmd(id).exec());
    }

    /** docker-java would say ten seconds where the container has its own. */
    static void stop(Daemon daemon, Inspection container) throws Unavailable, Refusal {
        daemon.post("/containers/" + container.id() + "/stop", null, stopping(container));
    }

    static boolean isInSameState(Inspection now, Operation operation) {
        return now.state()
                .filter(state -> state.name()
                        .toLowerCase(Locale.ROOT)
                        .equals(operation.before().state()))
                .isPresent();
    }

    /** Removes what a run that was killed long ago has left behind. */
    void clear() throws Unavailable, Refusal {
        permissions.clear();
    }

    Result perform(Effect.Perform perform, BooleanSupplier mayPerform) {
        Operation operation = perform.operation();
        String id = operation.before().containerId();
        Instant from = clock.instant().minus(CLOCKS);
        stops.ours(id, from, Instant.MAX);
        boolean isSettled = false;
        try {
            Result result = attempt(perform, mayPerform);
            isSettled = !(result instanceof Result.Unknown);
            return result;
        } catch (Refusal e) {
            isSettled = true;
            return new Result.Refused(e.why());
        } catch (Unavailable e) {
            isSettled = !e.wasSent();
            return e.wasSent()
                    ? new Result.Unknown(e.why())
                    : new Result.Refused("the engine does not answer: " + e.why());
        } catch (RuntimeException e) {
            return new Result.Unknown(Refusal.line(e.toString()));
        } finally {
            stops.ours(id, from, clock.instant().plus(isSettled ? CLOCKS : AMBIGUOUS));
        }
    }

    private Result attempt(Effect.Perform perform, BooleanSupplier mayPerform) throws Unavailable, Refusal {
        Operation operation = perform.operation();
        return switch (operation.action()) {
            case QUARANTINE, NONE -> new Result.Refused("there is nothing to do to the container");
            case RESTORE_BACKUP ->
                mayPerform.getAsBoolean() ? new Result.Done() : new Result.Held(); // the event is the request
            case RECREATE -> recreation.of(perform, mayPerform);
            case COPY_ASIDE -> copyAside.of(perform, mayPerform);
            case START, RESTART, RELOAD, EXEC, STOP, FIX_PERMISSIONS, FORMER_CONFIG -> simple(perform, mayPerform);
        };
    }

    private Result simple(Effect.Perform perform, BooleanSupplier mayPerform) throws Unavailable, Refusal {
        Operation operation = perform.operation();
        Optional<Inspection> found;
        try {
            found = census.inspect(operation.before().containerId());
        } catch (Unavailable e) {
            return new Result.Refused("the engine does not answer: " + e.why()); // it was only asked
        }
        if (found.isEmpty() || isChanged(found.get(), perform)) {
            return new Result.Changed();
        }
        if (!mayPerform.getAsBoolean()) {
            return new Result.Held();
        }
        Inspection container = found.get();
        String id = container.id();
        switch (operation.action()) {
            case START -> start(daemon, id);
            case RESTART -> daemon.post("/containers/" + id + "/restart", null, stopping(container));
            case STOP -> stop(daemon, container);
            case RELOAD -> {
                return reload.of(container, perform.rung());
            }
            case EXEC -> {
                return exec(id, perform.rung());
            }
            case FORMER_CONFIG -> {
                return configs.of(container, perform, mayPerform);
            }
            case FIX_PERMISSIONS -> {
                return permissions.of(container, perform, mayPerform);
            }
            case RECREATE, COPY_ASIDE, RESTORE_BACKUP, QUARANTINE, NONE ->
                throw new IllegalStateException("not simple");
        }
        return new Result.Done();
    }

    /** another container, another run, or a state that somebody has put it in since. */
    private static boolean isChanged(Inspection now, Effect.Perform perform) {
        Operation operation = perform.operation();
        if (!now.id().equals(operation.before().containerId())
                || !Objects.equals(now.startedAt(), operation.before().startedAt())) {
            return true;
        }
        boolean mayBeHalfDone = perform.again()
                && HALF_DONE_IS_DOWN.contains(operation.action())
                && now.state().filter(State.EXITED::equals).isPresent();
        return !mayBeHalfDone && !isInSameState(now, operation);
    }

    private Result exec(String id, Rung rung) throws Unavailable, Refusal {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("AttachStdout", true).put("AttachStderr", true).put("Tty", false);
        ArrayNode words = wanted.putArray("Cmd");
        rung.command().forEach(words::add);
        String exec = daemon.post("/containers/" + id + "/exec", wanted, Daemon.QUICK)
                .path("Id")
                .asText("");
        ObjectNode start =
                JsonNodeFactory.instance.objectNode().put("Detach", false).put("Tty", false);
        LogTail.Read output =
                daemon.stream("/exec/" + Daemon.word(exec) + "/start", start, rung.within(), LogTail::framed);
        JsonNode end = daemon.get("/exec/" + Daemon.word(exec) + "/json", Daemon.QUICK);
        if (end.path("Running").asBoolean(true) || !end.path("ExitCode").isNumber()) {
            return new Result.Unknown("it has not ended: its output was more than is read");
        }
        int code = end.path("ExitCode").asInt();
        if (code == 0) {
            return new Result.Done();
        }
        String last = output.newest().lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
        return new Result.Refused(Refusal.line("the command ended with code " + code + ": " + last));
    }
}

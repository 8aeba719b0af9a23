package caretaker.recovery.engine;

import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.incident.Operations;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates a container anew with the same configuration, volumes and networks. The old one is renamed and stays until
 * the new one has been started, so that it can come back; a volume is never removed. Killed at any step, it can be
 * begun again: the names and the label {@code caretaker.operation} say how far it came.
 */
final class Recreation {
    private static final Logger LOGGER = LoggerFactory.getLogger(Recreation.class);
    private static final String RUNNING = "running";

    /** How far it has come. */
    enum Step {
        STOPPED,
        RENAMED,
        DISARMED,
        CREATED,
        CONNECTED,
        STARTED,
        REMOVED
    }

    /** Hears of each step when it is done: of these, or of {@link CopyAside}. */
    interface Progress {
        void done(Enum<?> step);
    }

    /**
     * What is being done.
     *
     * @param name of the container, before and after
     * @param policy when the engine is to start it by itself
     * @param mayPerform asked before each call that changes something
     */
    private record Work(
            Operation operation, Inspection old, String name, RestartPolicy policy, BooleanSupplier mayPerform) {

        void ask() throws HeldBack {
            HeldBack.unless(mayPerform);
        }
    }

    private final Daemon daemon;
    private final Census census;
    private final Progress progress;

    Recreation(Daemon daemon, Census census, Progress progress) {
        this.daemon = daemon;
        this.census = census;
        this.progress = progress;
    }

    Result of(Effect.Perform perform, BooleanSupplier mayPerform) throws Refusal {
        Operation operation = perform.operation();
        Roster roster;
        Optional<Inspection> found;
        try {
            roster = census.roster();
            found = census.inspect(operation.before().containerId());
        } catch (Unavailable e) {
            return new Result.Refused("the engine does not answer: " + e.why()); // it was only asked
        }
        Optional<Roster.Entry> made = roster.madeBy(operation.id());
        if (found.isEmpty()) {
            return perform.again() && made.isPresent() ? new Result.Done() : new Result.Changed();
        }
        Inspection old = found.get();
        boolean isRenamed = Roster.isOldHalf(old.name());
        boolean isBegun = isRenamed || made.isPresent();
        Optional<Roster.Entry> holder = roster.of(perform.container().key());
        boolean isTaken = holder.isPresent()
                && !holder.get().id().equals(old.id())
                && made.filter(holder.get()::equals).isEmpty();
        if (isTaken
                || !old.id().equals(operation.before().containerId())
                || (!isRenamed
                        && !Objects.equals(old.startedAt(), operation.before().startedAt()))
                || (!perform.again() && (isBegun || !Actions.isInSameState(old, operation)))) {
            return new Result.Changed();
        }
        if (old.isRemovedAtItsEnd()) {
            return new Result.Refused("it was run with --rm: stopping it removes it, with its volumes");
        }
        if (!mayPerform.getAsBoolean()) {
            return new Result.Held();
        }
        String name = isRenamed ? perform.container().name() : old.name();
        return begin(new Work(operation, old, name, RestartPolicy.of(old), mayPerform), made, roster);
    }

    private Result begin(Work work, Optional<Roster.Entry> made, Roster roster) {
        Inspection old = work.old();
        boolean isBegun = Roster.isOldHalf(old.name()) || made.isPresent();
        try {
            boolean hasRun = made.isPresent()
                    && census.inspect(made.get().id())
                            .map(Inspection::startedAt)
                            .isPresent();
            if (!hasRun) {
                if (made.isPresent()) {
                    remove(made.get().id()); // it may lack a network
                }
                NewContainer wanted = plan(work, roster);
                isBegun = true;
                replace(work, wanted);
            }
        } catch (HeldBack e) {
            return new Result.Unknown("half done: it may not go on now");
        } catch (Refusal e) {
            return back(work, e);
        } catch (Unavailable e) {
            return isBegun
                    ? new Result.Unknown("half done: " + e.why())
                    : new Result.Refused("the engine does not answer: " + e.why()); // it was only asked
        }
        return finish(old);
    }

    private NewContainer plan(Work work, Roster roster) throws Unavailable, Refusal {
        Inspection old = work.old();
        String id = old.raw().path("Image").asText("");
        JsonNode image = JsonNodeFactory.instance.missingNode();
        try {
            image = daemon.get("/images/" + Daemon.path(old.image()) + "/json", Daemon.QUICK);
        } catch (Refusal e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
        boolean isSame = image.path("Id").asText("").equals(id);
        if (!isSame) {
            image = daemon.get("/images/" + id + "/json", Daemon.QUICK);
        }
        boolean hasEntrypoint = !image.path("Config").path("Entrypoint").isEmpty();
        var wanted = NewContainer.of(
                old,
                isSame ? old.image() : id,
                hasEntrypoint,
                roster,
                work.operation().id());
        if (wanted.body().path("HostConfig") instanceof ObjectNode host) {
            host.set("RestartPolicy", work.policy().asked());
        }
        return wanted;
    }

    private void replace(Work work, NewContainer wanted) throws Unavailable, Refusal, HeldBack {
        Inspection old = work.old();
        Actions.stop(daemon, old);
        progress.done(Step.STOPPED);
        work.ask();
        if (!Roster.isOldHalf(old.name())) {
            rename(old.id(), Operations.oldHalf(old.id()) + work.policy().suffix());
        }
        progress.done(Step.RENAMED);
        restarts(old.id(), RestartPolicy.NEVER); // or an engine that starts anew would start both
        progress.done(Step.DISARMED);
        work.ask();
        JsonNode created =
                daemon.post("/containers/create?name=" + Daemon.word(work.name()), wanted.body(), Actions.STARTING);
        String id = created.path("Id").asText("");
        progress.done(Step.CREATED);
        for (Map.Entry<String, ObjectNode> network : wanted.others().entrySet()) {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("Container", id);
            body.set("EndpointConfig", network.getValue());
            daemon.post("/networks/" + Daemon.word(network.getKey()) + "/connect", body, Daemon.QUICK);
        }
        progress.done(Step.CONNECTED);
        work.ask();
        Actions.start(daemon, id);
        progress.done(Step.STARTED);
    }

    private Result finish(Inspection old) {
        try {
            remove(old.id());
            progress.done(Step.REMOVED);
        } catch (Refusal | Unavailable e) {
            LOGGER.atWarn()
                    .addKeyValue("container", old.id())
                    .addKeyValue("reason", e.getMessage())
                    .log("the container that was replaced could not be removed");
        }
        return new Result.Done();
    }

    /** The new one cannot be had: the old one is put back as it was. */
    private Result back(Work work, Refusal why) {
        Operation operation = work.operation();
        Inspection old = work.old();
        try {
            Optional<Roster.Entry> made = census.roster().madeBy(operation.id());
            if (made.isPresent()) {
                remove(made.get().id());
            }
            Optional<Inspection> now = census.inspect(old.id());
            if (now.isPresent() && !now.get().name().equals(work.name())) {
                restarts(old.id(), work.policy());
                rename(old.id(), work.name());
            }
            if (operation.before().state().equals(RUNNING)) {
                Actions.start(daemon, old.id());
            }
            return new Result.Refused(why.why());
        } catch (Refusal e) {
            return new Result.Refused(
                    Refusal.line(why.why() + "; and the old one could not be brought back: " + e.why()));
        } catch (Unavailable e) {
            return new Result.Unknown(Refusal.line(why.why() + "; and no answer while it was undone: " + e.why()));
        }
    }

    /** That an engine cannot do it is no reason to leave anything half done. */
    private void restarts(String id, RestartPolicy policy) throws Unavailable {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("RestartPolicy", policy.asked());
        try {
            daemon.post("/containers/" + id + "/update", body, Daemon.QUICK);
        } catch (Refusal e) {
            LOGGER.atWarn()
                    .addKeyValue("container", id)
                    .addKeyValue("reason", e.why())
                    .log("when the engine starts a container by itself could not be changed");
        }
    }

    private void rename(String id, String name) throws Unavailable, Refusal {
        daemon.ask(
                Daemon.QUICK,
                docker -> docker.renameContainerCmd(id).withName(name).exec());
    }

    /** Without its volumes. That it is gone already is as good. */
    private void remove(String id) throws Unavailable, Refusal {
        try {
            daemon.ask(
                    Actions.STARTING,
                    docker -> docker.removeContainerCmd(id)
                            .withForce(true)
                            .withRemoveVolumes(false)
                            .exec());
        } catch (Refusal e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }
}

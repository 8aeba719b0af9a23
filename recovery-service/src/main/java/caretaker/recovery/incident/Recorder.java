package caretaker.recovery.incident;

import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryEvent.Snapshot;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Writer;
import caretaker.recovery.containers.Labels;
import caretaker.recovery.containers.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The effects of one answer, in the order in which they are decided. */
final class Recorder {
    final String host;
    final Writer writer;
    private List<Effect> effects = new ArrayList<>();

    Recorder(String host, Writer writer) {
        this.host = host;
        this.writer = writer;
    }

    List<Effect> take() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    void store(Managed of, Instant now) {
        effects.add(new Effect.Store(of.state(host, writer, now)));
    }

    /** Nothing is remembered of it any more. */
    void forget(Managed of) {
        effects.add(new Effect.Forget(host, of.identity));
    }

    /** Something that concerns an incident but is no end of an operation. */
    void tell(Managed of, Trouble trouble, Kind kind, Reason reason, String message, Instant now) {
        String what = kind == Kind.SKIPPED ? word(kind) + "/" + word(reason) : word(kind);
        publish(of, trouble, trouble.prefix(of.key()) + "/" + what, kind, reason, message, null, now);
    }

    /** Why nothing is done, once in an incident. */
    void skip(Managed of, Trouble trouble, Reason reason, String message, Instant now) {
        if (trouble.told.add(reason)) {
            tell(of, trouble, Kind.SKIPPED, reason, message, now);
        } else {
            effects.add(new Effect.Count(reason));
        }
    }

    /** Which rung of the ladder is not for it, and why. */
    void leftOut(Managed of, Trouble trouble, String message, Instant now) {
        String id = trouble.prefix(of.key()) + "/" + word(Kind.SKIPPED) + "/rung-" + (trouble.rung + 1);
        publish(of, trouble, id, Kind.SKIPPED, Reason.STATE, message, null, now);
    }

    /** The beginning of an incident, once. */
    void announce(Managed of, Trouble trouble, String message, Instant now) {
        if (!trouble.announced) {
            trouble.announced = true;
            tell(of, trouble, Kind.REQUESTED, Reason.NONE, message, now);
        }
    }

    /** What would have been done. */
    void wouldHave(Managed of, Trouble trouble, Action action, String message, Instant now) {
        if (trouble.told.add(Reason.DRY_RUN)) {
            Sighting seen = of.seen;
            effects.add(new Effect.Publish(new RecoveryEvent(
                    trouble.prefix(of.key()) + "/skipped/dry-run",
                    host,
                    now,
                    Kind.SKIPPED,
                    Reason.DRY_RUN,
                    actor(trouble),
                    message,
                    of.identity,
                    trouble.told(),
                    new RecoveryEvent.Operation(trouble.prefix(of.key()) + "/dry-run", action, trouble.operations + 1),
                    seen == null ? null : seen.snapshot(),
                    null,
                    null,
                    null,
                    true)));
        }
    }

    /** The beginning or the end of the operation of a container. */
    void operation(Managed of, Trouble trouble, Kind kind, Reason reason, String message, Instant now) {
        Operation operation = of.operation;
        if (operation == null) {
            return;
        }
        String id = operation.id() + "/" + word(kind);
        publish(of, trouble, id, kind, reason, message, operation, now);
    }

    private void publish(
            Managed of,
            Trouble trouble,
            String id,
            Kind kind,
            Reason reason,
            String message,
            @Nullable Operation operation,
            Instant now) {
        boolean isEnd = operation != null && kind != Kind.STARTED;
        Sighting seen = of.seen;
        Snapshot state = seen == null ? null : seen.snapshot();
        String group = seen == null ? "" : seen.labels().getOrDefault(Labels.GROUP, "");
        effects.add(new Effect.Publish(new RecoveryEvent(
                id,
                host,
                now,
                kind,
                reason,
                operation == null ? actor(trouble) : operation.actor(),
                message,
                of.identity,
                trouble.told(),
                operation == null
                        ? null
                        : new RecoveryEvent.Operation(operation.id(), operation.action(), operation.attempt(), group),
                operation == null ? state : operation.before(),
                isEnd ? state : null,
                isEnd ? took(trouble, now) : null,
                operation == null ? null : operation.evidence(),
                trouble.dryRun)));
    }

    private static Duration took(Trouble trouble, Instant now) {
        return now.isBefore(trouble.since) ? Duration.ZERO : Duration.between(trouble.since, now);
    }

    private static String actor(Trouble trouble) {
        return trouble.askedBy.isEmpty() ? RecoveryEvent.SERVICE : trouble.askedBy;
    }

    /** A change by a person, or of the whole host. */
    void change(@Nullable Managed of, Kind kind, Reason reason, String actor, String message, Instant now) {
        String about = of == null ? host : host + "/" + of.key();
        effects.add(new Effect.Publish(new RecoveryEvent(
                about + "/" + word(kind) + "/" + now.toEpochMilli(),
                host,
                now,
                kind,
                reason,
                actor,
                message,
                of == null ? null : of.identity,
                null,
                null,
                null,
                null,
                null,
                null,
                false)));
    }

    /** A person wants the next step of an incident that is open already. */
    void asked(Managed of, Trouble trouble, String message, Instant now) {
        String id = trouble.prefix(of.key()) + "/" + word(Kind.REQUESTED) + "/" + now.toEpochMilli();
        publish(of, trouble, id, Kind.REQUESTED, Reason.OPERATOR, message, null, now);
    }

    /** A lock of maintenance: it may be of containers that are not there, and on all hosts. */
    void ofLock(MaintenanceLock lock, Kind kind, String message, Instant now) {
        String id = host + "/lock/" + lock.key() + "/" + word(kind) + "/"
                + lock.since().toEpochMilli() + "/" + lock.until().toEpochMilli();
        effects.add(new Effect.Publish(new RecoveryEvent(
                id,
                host,
                now,
                kind,
                Reason.MAINTENANCE,
                lock.holder(),
                message,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false)));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package caretaker.recovery.api;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input;
import caretaker.recovery.playbook.LogPatterns.Meaning;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a recovery service, and asked of it. Calls wait for the deciding thread, and some for the engine:
 * none is for an event loop.
 */
public interface Control {
    /**
     * The host as a whole.
     *
     * @param acts whether this instance is the one that acts; another one stands by
     * @param notReady why nothing is repaired now; empty when all is well
     * @param dryRun whether nothing is ever done, only told
     * @param killSwitch whether the file is there that stops everything
     * @param state the breaker, a pause, illnesses; null before the topics were read
     * @param locks those of this host that hold now
     * @param cycles circles among the dependencies that were broken
     */
    record Host(
            String host,
            String instance,
            boolean acts,
            List<String> notReady,
            boolean dryRun,
            boolean killSwitch,
            @Nullable RecoveryHostState state,
            List<MaintenanceLock> locks,
            List<String> cycles) {}

    /**
     * One container of the engine.
     *
     * @param seen as the engine showed it last; null if it is gone and only remembered
     * @param consent whether it may be repaired; null if it is gone
     * @param state what is remembered of it; null if nothing ever happened to it
     * @param attempts that count for its budget now
     * @param budget of attempts
     */
    record Container(
            ContainerIdentity identity,
            @Nullable Sighting seen,
            @Nullable Consent consent,
            @Nullable RecoveryState state,
            int attempts,
            int budget) {}

    /**
     * A container looked at just now.
     *
     * @param playbook that would be followed if it failed
     * @param looked null if the engine gave no answer
     * @param meanings what lines of its log mean
     * @param refusal why it would not be repaired now, whatever it had; null if it would
     */
    record Diagnosis(
            ContainerIdentity identity,
            Consent consent,
            String playbook,
            Input.@Nullable Looked looked,
            String why,
            List<Meaning> meanings,
            @Nullable String refusal) {}

    /** An incident of this host. */
    record Incident(String id, Instant since, Instant last, String about, String condition, RecoveryEvent newest) {}

    /** The service has not read its topics yet, or stands by: nothing can be asked of it. */
    final class NotReady extends RuntimeException {
        private static final long serialVersionUID = 1;

        public NotReady(String why) {
            super(why);
        }
    }

    Host host();

    /** Every container of the engine, and those that are only remembered, by key. */
    List<Container> containers();

    /** The containers that a person means: by key, name or compose service; {@code all} is all that may be repaired. */
    List<ContainerIdentity> find(String word);

    /**
     * Does what a person wants. When it returns, the change is on the bus.
     *
     * @param actor {@code user:NAME}
     * @return the containers that it concerns; none for what is about the whole host
     * @throws NotReady if nothing can be asked now
     */
    List<ContainerIdentity> ask(Input.Command command, String actor);

    /** Looks at the containers that a person means, at their logs and at their services. Changes nothing. */
    List<Diagnosis> diagnose(String word);

    /** The newest incidents that are kept on this host, the newest first. */
    List<Incident> incidents(int most);

    /** All that was told of an incident, oldest first; none if it is not known. */
    List<RecoveryEvent> incident(String id);

    /** Its error report in Markdown; empty if it is not known. */
    Optional<String> report(String id);
}

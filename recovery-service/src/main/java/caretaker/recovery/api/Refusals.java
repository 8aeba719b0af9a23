package caretaker.recovery.api;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Scope.Consent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why what a person wants would not be done now. A repair that waits for the end of a pause would come when nobody
 * thinks of it any more, so it is refused instead.
 */
final class Refusals {
    static final String QUARANTINED = "quarantined";
    static final String NOT_QUARANTINED = "not-quarantined";

    private final Control.Host host;
    private final Map<String, Control.Container> containers;
    private final Instant now;

    Refusals(Control control, Instant now) {
        host = control.host();
        containers = control.containers().stream()
                .collect(Collectors.toMap(each -> each.identity().key(), Function.identity(), (one, _) -> one));
        this.now = now;
    }

    /** @throws ApiError 409 if none of them would be repaired */
    void ofRepair(List<ContainerIdentity> meant) throws ApiError {
        Optional<ApiError> whole = ofHost();
        if (whole.isPresent()) {
            throw whole.get();
        }
        unlessOne(meant, this::ofRepair);
    }

    /** @throws ApiError 409 if none of them is in quarantine */
    void ofRelease(List<ContainerIdentity> meant) throws ApiError {
        unlessOne(meant, each -> isQuarantined(each) ? null : refused(NOT_QUARANTINED, each, "it is in no quarantine"));
    }

    private static void unlessOne(
            List<ContainerIdentity> meant, Function<ContainerIdentity, @Nullable ApiError> refusal) throws ApiError {
        ApiError first = null;
        for (ContainerIdentity each : meant) {
            ApiError refused = refusal.apply(each);
            if (refused == null) {
                return;
            }
            first = first == null ? refused : first;
        }
        if (first != null) {
            throw first;
        }
    }

    private Optional<ApiError> ofHost() {
        RecoveryHostState state = host.state();
        RecoveryHostState.Pause pause = state == null ? null : state.pause();
        RecoveryHostState.Breaker breaker = state == null ? null : state.breaker();
        if (host.killSwitch()) {
            return Optional.of(refused(Reason.PAUSED, "the kill switch is on"));
        }
        if (pause != null && isBefore(pause.until())) {
            String until = pause.until() == null ? "until somebody resumes" : "until " + pause.until();
            return Optional.of(refused(Reason.PAUSED, "repairs are paused by " + pause.by() + " " + until));
        }
        if (breaker != null) {
            return Optional.of(refused(
                    Reason.BREAKER_OPEN,
                    "the breaker is open: " + breaker.repaired() + " of " + breaker.managed()
                            + " containers were repaired; look why, then reset it"));
        }
        if (state != null && !state.illnesses().isEmpty()) {
            return Optional.of(refused(
                    Reason.SUPPRESSED_HOST,
                    "the host is ill: " + state.illnesses().keySet().iterator().next()));
        }
        return Optional.empty();
    }

    private boolean isBefore(@Nullable Instant end) {
        return end == null || now.isBefore(end);
    }

    private @Nullable ApiError ofRepair(ContainerIdentity container) {
        if (isQuarantined(container)) {
            return refused(QUARANTINED, container, "it is in quarantine: release it first");
        }
        Control.Container known = containers.get(container.key());
        Consent consent = known == null ? null : known.consent();
        return switch (consent) {
            case null -> ofLocks(container);
            case Consent.Given _ -> ofLocks(container);
            case Consent.Refused(String why) -> refused(Views.word(Reason.NOT_MANAGED), container, why);
            case Consent.Unclear(String label, String value) ->
                refused(Views.word(Reason.BAD_LABEL), container, "its label " + label + " is '" + value + "'");
        };
    }

    private @Nullable ApiError ofLocks(ContainerIdentity container) {
        return host.locks().stream()
                .filter(lock -> lock.holds(host.host(), container, now))
                .findFirst()
                .map(lock -> refused(
                        Views.word(Reason.MAINTENANCE),
                        container,
                        lock.holder() + " works on it until " + lock.until()))
                .orElse(null);
    }

    private boolean isQuarantined(ContainerIdentity container) {
        Control.Container known = containers.get(container.key());
        RecoveryState state = known == null ? null : known.state();
        return state != null && state.phase() == RecoveryState.Phase.QUARANTINED;
    }

    private static ApiError refused(Reason reason, String why) {
        return new ApiError(409, Views.word(reason), why);
    }

    private static ApiError refused(String reason, ContainerIdentity container, String why) {
        return new ApiError(409, reason, container.key() + ": " + why);
    }
}
